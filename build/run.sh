#!/bin/sh
# make run: two encoders, trained at once, and their report; says where the time goes.
set -eu
out=runs/quick
begin=$(date +%s)
before=$begin
lap() {
    now=$(date +%s)
    echo "$1: $((now - before)) s"
    before=$now
}
./uvl --version > /dev/null # builds what is needed, no more
lap "build"
rm -rf "$out"
mkdir -p "$out"
# Two threads for each, on any machine: the figures depend on their number. Who waits gives way to the other.
export OMP_WAIT_POLICY=PASSIVE
./uvl train autoencoder --quiet --threads 2 --out "$out/autoencoder" > "$out/autoencoder.log" 2>&1 &
autoencoder=$!
trap 'kill "$autoencoder" 2> /dev/null || true' EXIT
./uvl train moco --set stepCount=1000 --threads 2 --out "$out/moco"
wait "$autoencoder" || { cat "$out/autoencoder.log" >&2; exit 1; }
rm "$out/autoencoder.log"
trap - EXIT
lap "training of both"
./uvl evaluate "$out/moco" "$out/autoencoder" --out "$out"
lap "embedding, clustering, report"
echo "$((before - begin)) s in all. Report: $out/report.html. Next: ./uvl tsne $out/moco --out plot.png"
