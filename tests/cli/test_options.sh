#!/bin/sh
# Options: help, old spellings, refused combinations, sizes, standard output, completion.
. "$(dirname "$0")/lib.sh"
few_pairs
commands=$("$PATINA" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')

# The help and the manual page list the same options; a shared option has the same text everywhere.
expect 0 "$SOURCE/tests/cli/check_options.py" "$PATINA" "$SOURCE/man/patina.1.scd"

# Ways to ask for help.
expect 0 "$PATINA" --help
cp out list
for way in help -h; do
    expect 0 "$PATINA" $way
    same out list
done
for command in $commands; do
    expect 0 "$PATINA" $command --help
    cp out help
    has help "Usage: patina $command [OPTION...]"
    expect 0 "$PATINA" $command -h
    same out help
    expect 0 "$PATINA" help $command
    same out help
    expect 0 "$PATINA" $command --usage
    sed '/^Usage\|^  or/!Q' help >usage
    same out usage
    expect 1 sh -c "'$PATINA' $command -h >/dev/full"
done
for word in -h --help help; do
    expect 0 "$PATINA" help $word
    has out "Usage: patina COMMAND"
done
expect 2 "$PATINA" help search extra
has err "help takes one command"
expect 2 "$PATINA" help serch
has err "Did you mean 'search'?"

# Misspelled words, and the suggested spelling.
expect 2 "$PATINA" tarin
has err "there is no command 'tarin'"
has err "Did you mean 'train'?"
expect 2 "$PATINA" search damaged undamaged --otuput=x.csv
has err "unrecognized option '--otuput=x.csv'"
has err "Did you mean --output?"
has err "Try 'patina search --help'"
for unlike in "zzz" "search --zzz" "search -z" "search --limit"; do
    expect 2 "$PATINA" $unlike
    lacks err "Did you mean"
done

# Arguments and options in any order; abbreviated options; "--" ends the options.
expect 0 "$PATINA" search --dry-run damaged --match=stem undamaged --lim 2
has out "2 pairs"
expect 0 "$PATINA" search damaged undamaged --dry-run --match st
expect 2 "$PATINA" search damaged undamaged --match s --progress a
has err "--progress: 'a' is not one of auto, always, never"
expect 2 "$PATINA" search --dry-run -- --match stem
has err "--match: cannot list the folder"
expect 2 "$PATINA" search damaged undamaged more
has err "'more' is one argument too many"

# Old spellings still work and write the same bytes, but the help does not list them.
grid="--grid=sigma=1;strength=0,1"
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o d.csv --trials t.csv "$grid" -q
expect 0 "$PATINA" train d.csv --kind linear --no-images --trials-from t.csv -o new.model -q
expect 0 "$PATINA" train d.csv --model linear --no-images --trials t.csv -o old.model -q
same old.model new.model
for command in inspect "report -o -"; do
    expect 0 "$PATINA" $command d.csv --trials-from t.csv
    cp out new
    expect 0 "$PATINA" $command d.csv --trials t.csv
    same out new
done
few="--repeat 1 --seconds 0 --sample 1 $grid --json"
for spelling in "--workers 1 --batches 2" "--jobs 1 --batch 2" "-j 1 --batch=2"; do
    expect 0 "$PATINA" bench damaged undamaged $few $spelling
    python3 -c 'import json
options = json.load(open("out"))["options"]
assert (options["jobs"], options["batch"]) == ([1], [2]), options' || fail "$spelling"
done
for hidden in "train --model" "train --trials=" "report --trials=" "bench --jobs" "bench --batch="; do
    expect 0 "$PATINA" ${hidden% *} --help
    lacks out "${hidden#* }"
done

# A command refuses options that it would not use.
refused() { # MESSAGE COMMAND...
    message=$1
    shift
    expect 2 "$PATINA" "$@"
    has err "$message"
}
for command in search verify bench; do
    expect 0 "$PATINA" $command --help
    tr -s ' \n' ' ' <out >help
    has help "(default: the 40 settings of the study)"
done
for command in inspect train report explain; do
    expect 0 "$PATINA" $command --help
    tr -s ' \n' ' ' <out >help
    has help "(default: the settings of the data set)"
done
refused "unrecognized option '--grid'" evaluate new.model damaged undamaged --grid sigma=1
refused "unrecognized option '--in-process'" verify damaged undamaged --in-process
expect 0 "$PATINA" search damaged undamaged --dry-run --quiet
[ ! -s out ] || fail "--quiet is ignored by --dry-run"
refused "unrecognized option '--progress'" explain d.csv a damaged undamaged --progress never
for option in --limit=2 --match=stem --recursive --jobs=2 --batch=2 --in-process --max-pixels=9 \
    --timeout=9 --memory=1G --progress=always; do
    for command in inspect "report -o x.html"; do
        refused "${option%=*}: has no effect without images" $command d.csv $option
    done
done
for option in --limit=2 --match=stem --recursive; do
    refused "${option%=*}: has no effect on images that the search's record names" \
        train -o x.model d.csv $option
done
refused "not both: without images it has no effect" train -o x.model d.csv --no-images --jobs=2
refused "not both: one leaves out what the other names" train -o x.model d.csv a b --no-images
refused "'2000G' is not a size in 1M..1048576M" serve --model x --store 2000G
refused "'0' is not a size in 1M..1024M" serve --model x --max-body 0
refused "--seed: has no effect without --model and images" report d.csv -o x.html --seed 2
refused "not both: the scores include their settings" inspect d.csv --trials-from t.csv --grid sigma=1
refused "not both: both name the pairs" search damaged undamaged --manifest m.csv
refused "not both: a manifest names the files" search --manifest m.csv --match stem
refused "not both: one starts over" search damaged undamaged --restart --retry-failed
refused "not both: without workers" search damaged undamaged --in-process --jobs 2
refused "not both: --print-recipe makes no images" degrade damaged --print-recipe
refused "not both: --single starts no workers" bench --single --workers 2
refused "not both: one prints less" serve --model new.model --quiet --verbose
refused "--quality has no effect on png" restore damaged --color none --format png --quality 9 -o x
refused "--sigma needs --strength" restore damaged --sigma 1 -o x
absent x x.model x.html

# Sizes: bytes, or a number with a binary or decimal unit, in capitals or not.
set -- 100000000 100000000 64M 67108864 64MiB 67108864 65536K 67108864 2GiB 2147483648 2G 2147483648 \
    2g 2147483648 2GIB 2147483648 2gb 2000000000 2GB 2000000000 70MB 70000000 65536KiB 67108864 \
    70000KB 70000000 1T 1099511627776 1TB 1000000000000
while [ $# -gt 0 ]; do
    expect 0 "$PATINA" search damaged undamaged -o s.csv "$grid" --limit 1 --memory "$1" --restart
    has s.run.json "\"memory\": $2"
    shift 2
done
for size in 2iB 2B 2GiBs 2.5G 65MBB 64MB 9999999T G; do
    refused "--memory: '$size' is not a size such as 500M or 4G" search damaged undamaged --memory $size
done

# Outputs that are one stream can go to the standard output, with the same bytes as in a file.
streamed() { # FILE COMMAND...: the last argument is the option that names the output
    file=$1
    shift
    expect 0 env TMPDIR="$work/scratch" "$PATINA" "$@" "$file"
    expect 0 env TMPDIR="$work/scratch" "$PATINA" "$@" -
    same out "$file"
    [ ! -s err ] || fail "output on stderr: $*"
    [ -z "$(ls scratch)" ] || fail "a temporary file is left: $*"
}
mkdir scratch
streamed f.csv features damaged -o
streamed r.png restore damaged/skyline.png --color levels -o
streamed r.html report d.csv --trials-from t.csv -o
streamed e.html explain d.csv skyline.png damaged undamaged -o
streamed w.csv evaluate new.model damaged undamaged --details
expect 0 "$PATINA" restore damaged/skyline.png --color levels --format jpeg -o -
[ "$(file -b --mime-type out)" = image/jpeg ] || fail "--format is ignored by -o -"
expect 1 "$PATINA" features damaged /dev/null -o -
lines out 4
has err "/dev/null: not a regular file"
expect 1 sh -c "'$PATINA' features damaged -o - >/dev/full"
has err "cannot write to the standard output (No space left on device)"
expect 0 sh -c "'$PATINA' report d.csv -o - | head -c 9"
[ ! -s err ] || fail "a reader that closes the pipe causes an error"
: >damaged/torn.png
: >undamaged/torn.png
expect 1 "$PATINA" evaluate new.model damaged undamaged --details -
lines out 4
rm damaged/torn.png undamaged/torn.png
for command in "search damaged undamaged" "search damaged undamaged --trials" "train d.csv" \
    "degrade damaged"; do
    case $command in *--trials) ;; *) command="$command -o" ;; esac
    expect 2 "$PATINA" $command -
    has err "name"
    [ ! -s out ] || fail "$command - writes something"
    absent ./-
done
refused "--restart has no effect with -o -" features damaged -o - --restart
refused "only one image can go to the standard output" restore damaged --color none -o -
for option in --json --force --dry-run; do
    refused "$option" restore damaged/skyline.png --color none -o - $option
done
refused "would both write" explain d.csv skyline.png damaged undamaged -o - --json
refused "would both write" evaluate new.model damaged undamaged --details - --json
absent ./-

# Completion: each shell completes exactly the options in the help.
for shell in bash zsh fish; do
    expect 0 "$PATINA" completion $shell
    cp out complete.$shell
    if command -v $shell >/dev/null; then expect 0 $shell -n complete.$shell; fi
done
expect 2 "$PATINA" completion tcsh
has err "'tcsh' is not one of bash, zsh, fish"
for command in $commands; do
    "$PATINA" $command --help | sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p' >names
    sed -n "s/^ *$command) words='\(.*\)'.*/\1/p" complete.bash | tr ' ' '\n' | sed 's/^--//' >of.bash
    sed -n "/^    $command) _arguments/,/;;$/s/^ *'--\([a-z-]*\).*/\1/p" complete.zsh >of.zsh
    sed -n "s/.*__fish_seen_subcommand_from $command' -l \([a-z-]*\).*/\1/p" complete.fish >of.fish
    sort -u names >wanted
    for shell in bash zsh fish; do
        grep . of.$shell | sort -u >known
        same known wanted
    done
done
cat >ask.bash <<'BASH'
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_patina
printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
BASH
completes() { # WANTED WORD...: complete the last word
    wanted_words=$1
    shift
    expect 0 bash ask.bash complete.bash "$@"
    [ "$(cat out)" = "$wanted_words" ] || fail "$* is completed to $(cat out)"
}
completes "search serve " patina se
completes "evaluate explain " patina help e
completes "--batch " patina search --b
completes "name stem " patina search --match ""
completes "stem " patina search --match = st
completes "boosting " patina train d.csv --kind b
completes "damaged " patina search dam
completes "damaged " patina degrade -o dam
completes "d.csv d.failures.csv d.run.json damaged " patina inspect d
completes " " patina search --limit ""
if command -v fish >/dev/null; then
    expect 0 env HOME="$work" fish -c 'source complete.fish; complete -C "patina search --match st"'
    has out "stem"
    expect 0 env HOME="$work" fish -c 'source complete.fish; complete -C "patina ver"'
    has out "verify"
fi
finish
