#!/bin/sh
# scripts/study.sh --quick: every step of the study works, and a second run does nothing again.
. "$(dirname "$0")/lib.sh"
expect 0 "$SOURCE/scripts/study.sh" --quick "$work/study"
for title in "damage and search" "on originals that it has not seen" "best single setting" \
    "one original in 2" "a sheet" "without the family old_jpeg"; do
    has out "$title"
done
[ "$(grep -c '^share of the oracle [-0-9]' out)" -ge 3 ] || fail "not every model was judged"
lines study/unseen.csv 25 # 6 originals, 4 versions of each
grep -q ',old_jpeg,' study/pairs_learn/manifest.csv || fail "the family is not in the data"
cut -d, -f1 study/without_old_jpeg.csv >rows
while IFS=, read -r _ _ id _ _ _ _ family _; do
    [ "$family" != old_jpeg ] || ! grep -qxF "$id" rows || fail "$id was learned from"
done <study/pairs_learn/manifest.csv
"$SOURCE/scripts/study_rows.py" study/learn.csv study/pairs_learn/manifest.csv --versions 1 >first
[ "$(sed '1d; s/,.*//' first | grep -vc '~1$')" -eq 0 ] || fail "a later version was kept"
lines first 12 # 11 originals

mv out first
touch stamp
expect 0 "$SOURCE/scripts/study.sh" --quick "$work/study"
same out first
[ -z "$(find study -name '*.model' -newer stamp)" ] || fail "a model was trained again"

# Figures of the judge: a gain, harm, and the share of the oracle.
cat >details.csv <<'END'
filename,predicted_score,untouched_score,predicted_psnr,untouched_psnr,predicted_ssim,untouched_ssim
a~1,0.6,0.5,21,20,0.8,0.7
b~1,0.45,0.5,19,20,0.7,0.7
END
cat >trials.csv <<'END'
filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim
a~1,levels,1,1,0.7,22,0.8
a~1,none,1,0,0.5,20,0.7
b~1,levels,1,1,0.4,18,0.6
b~1,none,1,0,0.5,20,0.7
END
printf 'id,original,family\na~1,a,x\nb~1,b,y\n' >manifest.csv
expect 0 /usr/bin/python3 "$SOURCE/scripts/study_judge.py" details.csv trials.csv manifest.csv
has out "gain +0.0250 of 0.1000 =    25 %  worse 50.0 %  acted on 100 %"
has out "share of the oracle 25.0 %"
sed 's/0.5,20,0.7/0.6,21,0.8/' trials.csv >other.csv
printf 'id,damaged,original\na~1,d/a~1,a\nb~1,d/b~1,b\n' >manifest.csv
expect 0 /usr/bin/python3 "$SOURCE/scripts/study_outside.py" trials.csv manifest.csv other.csv
has out "gain +0.1000 of 0.1000 =   100 %  worse  0.0 %"
finish
