"""Writes the binary fixtures next to it: python3 fixtures.py, with pyarrow and the zstd program installed."""

import datetime
import decimal
import pathlib
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent


def write(name, table, **options):
    pq.write_table(table, here / f"{name}.parquet", **options)


people = pa.table(
    {
        "targetingKey": [f"user-{n}" for n in range(5)],
        "country": ["DE", "AT", None, "CH", "DE"],
        "age": pa.array([30, None, 41, 25, 67], pa.int32()),
        "beta": [True, False, None, True, False],
    }
)
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    write(f"people-{codec}", people, compression=codec)
write("groups", people, row_group_size=2, data_page_version="2.0")
write("empty", people.slice(0, 0))

day = datetime.datetime(2027, 3, 1, 9, 30, tzinfo=datetime.timezone.utc)
kinds = pa.table(
    {
        "targetingKey": pa.array([1, 2**60, None], pa.int64()),
        "ratio": [0.5, float("nan"), None],
        "price": pa.array([decimal.Decimal("19.99"), decimal.Decimal("-0.10"), None], pa.decimal128(10, 2)),
        "since": pa.array([day, day, None], pa.timestamp("us", tz="UTC")),
        "born": pa.array([day.date(), day.date(), None]),
        "address": [{"city": "Bern", "geo": {"lat": 46.9}}, {"city": None, "geo": None}, None],
        "groups": [["a", "b"], [], None],
        "ids": [[1, 2**60], None, None],
        "labels": pa.array([[("plan", "pro")], [("__proto__", "x")], None], pa.map_(pa.string(), pa.string())),
        "orders.count": [3, None, 5],
    }
)
write("kinds", kinds)
write("bytes", pa.table({"targetingKey": ["u-1", "u-2"], "digest": pa.array([None, b"\x00\xff"], pa.binary(2))}))
write("twice", pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]))
write("conflict", pa.table({"a": [{"c": 1}], "a.b": [2]}))
at = pa.timestamp("us")
moments = {"targetingKey": ["u-1", "u-2", "u-3"], "seen": pa.array([0, -(2**62), 2**62], at), "score": [1.5, 2.5, float("inf")]}
write("moments", pa.table(moments))
write("json", pa.table({"targetingKey": ["u-1", "u-2"], "tags": pa.array(['{"a":[1]}', "{a"], pa.json_())}))
write("many", pa.table({"targetingKey": [f"user-{n}" for n in range(70_000)]}), compression="zstd", use_dictionary=False)

lines = "".join(f'{{"targetingKey":"user-{n}","country":"DE"}}\n' for n in range(5))
for level in [1, 19]:
    archive = subprocess.run(["zstd", f"-{level}", "-c"], input=lines.encode(), capture_output=True, check=True).stdout
    (here / f"people-{level}.jsonl.zst").write_bytes(archive)
