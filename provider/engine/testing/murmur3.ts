/** MurmurHash3 after its published description, over bytes and in BigInt: shares neither code nor method with the engine. */
export function murmur3(bytes: Buffer): number {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const rotate = (value: bigint, by: bigint): bigint => word(value << by) | (value >> (32n - by));
  const mix = (k: bigint): bigint => word(rotate(word(k * 0xcc9e2d51n), 15n) * 0x1b873593n);
  const blocks = Math.floor(bytes.length / 4);
  let hash = 0n;
  for (let block = 0; block < blocks; block++) {
    hash = word(rotate(hash ^ mix(BigInt(bytes.readUInt32LE(block * 4))), 13n) * 5n + 0xe6546b64n);
  }
  const tail = [...bytes.subarray(blocks * 4)].reduceRight((rest, byte) => (rest << 8n) | BigInt(byte), 0n);
  hash ^= mix(tail) ^ BigInt(bytes.length);
  hash = word((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = word((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}
