#!/bin/sh
# Install the Debian packages that building patina needs; with --tests those for testing it too,
# with --bench those for comparing its speed, with --study those for scripts/study.sh, with --tools
# those for scripts/fuzz.sh and lint.sh.
#
#     scripts/setup.sh [--tests] [--bench] [--study] [--tools]
#
# Only what is missing is installed; as root or through sudo. What the pages' charts are drawn with
# is fetched by vendor.sh; what drives the browser in the tests comes from the npm registry, into
# tests/browser/node_modules.
set -eu

packages="ca-certificates cmake gcc libc6-dev ninja-build nodejs pkg-config scdoc
          libcsv-dev libfftw3-dev libgsl-dev libjansson-dev libjpeg-dev libseccomp-dev
          libavformat-dev libunistring-dev libuv1-dev libvips-dev libxgboost-dev libxxhash-dev nettle-dev
          zlib1g-dev"
command -v npm >/dev/null || packages="$packages npm" # comes with nodejs from elsewhere
python="python3 python3-numpy python3-opencv python3-pil python3-skimage"
driver=
for option; do
    case $option in
    --tests)
        packages="$packages bsdutils chromium ffmpeg libcmocka-dev libheif-examples libjxl-tools man-db mount procps strace valgrind
                  $python python3-sklearn"
        driver=$(dirname "$0")/../tests/browser
        ;;
    --bench) packages="$packages g++ gnome-backgrounds libopencv-dev mate-backgrounds $python" ;;
    --study) packages="$packages imagemagick python3 python3-opencv python3-pil" ;;
    --tools) packages="$packages clang clang-tidy cppcheck libclang-rt-14-dev libcmocka-dev" ;;
    *)
        echo "setup.sh: unknown option $option" >&2
        exit 2
        ;;
    esac
done

missing=
for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "setup.sh: please install these packages as root:$missing" >&2
            exit 1
        }
        sudo=sudo
    fi
    echo "installing:$missing"
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

"$(dirname "$0")/vendor.sh"

# npm writes the installed list last, so where it is there and no older than the wanted one, all is.
if [ -n "$driver" ] &&
    [ -n "$(find "$driver/package-lock.json" -newer "$driver/node_modules/.package-lock.json" 2>&1)" ]
then
    echo "installing: $driver/node_modules"
    npm ci --prefix "$driver" --ignore-scripts --no-audit --no-fund --loglevel=error
fi
