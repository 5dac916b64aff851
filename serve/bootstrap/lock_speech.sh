#!/bin/sh
# Make speech.lock and torch.lock anew from speech.in: versions that uv.lock has too are taken from there. Needs uv 0.9.8 or newer.
set -eu
cd "$(dirname "$0")"
uv=${SUDA_UV:-uv}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$uv" export -q --project ../.. --frozen --all-groups --no-emit-project --no-hashes --no-annotate --no-header -o "$work/app.txt"
compile() { "$uv" pip compile -q --no-config --universal --python-version 3.11 --generate-hashes --no-annotate --no-header "$@"; }
# speech.lock: all but torch, whose file differs by source, and what only its CUDA build needs.
for name in triton cuda-bindings cuda-toolkit nvidia-cudnn-cu13 nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvshmem-cu13; do
    echo "$name"
done > "$work/cuda.txt"
compile -c "$work/app.txt" --excludes "$work/cuda.txt" --no-emit-package torch speech.in -o speech.lock
# torch.lock: torch as the package index has it, with the CUDA libraries of its Linux build. The rest is in speech.lock.
sed -n 's/^\([a-z0-9][a-z0-9._-]*\)==.*/--no-emit-package=\1/p' speech.lock | sort -u > "$work/rest.txt"
sed -n 's/^\([a-z0-9][^\\]*==[^\\]*\) *\\*$/\1/p' speech.lock > "$work/versions.txt"
# shellcheck disable=SC2046
compile -c "$work/versions.txt" $(cat "$work/rest.txt") speech.in -o torch.lock
