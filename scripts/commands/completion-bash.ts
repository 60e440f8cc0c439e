/** The completion script for bash. The library's runs the typed line through `eval`, so that TAB would execute it. */
export const bashCompletion = String.raw`# bash completion for flagctl

_flagctl_complete() {
    local cur words cword prefix value directive=0
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n "=:" cur words cword
    else
        words=("${'$'}{COMP_WORDS[@]}") cword=$COMP_CWORD cur=${'$'}{COMP_WORDS[COMP_CWORD]}
    fi
    # Of --option=value, bash replaces the value alone.
    prefix=$cur
    [[ $cur == --*=* ]] && prefix=${'$'}{cur#*=}
    COMPREPLY=()
    # The words are handed over as they are typed: nothing of them is expanded or run.
    while IFS=$'\t' read -r value _; do
        if [[ $value =~ ^:[0-9]+$ ]]; then
            directive=${'$'}{value#:}
        elif [[ -n $value && $value == "$prefix"* ]]; then
            COMPREPLY+=("$value")
        fi
    done < <(flagctl complete -- "${'$'}{words[@]:1:cword}" 2>/dev/null)
    ((directive & 2)) && compopt -o nospace
    ((directive & 4)) && compopt +o default
    ((directive & 16)) && compopt -o dirnames
    return 0
}

complete -o default -F _flagctl_complete flagctl
`;
