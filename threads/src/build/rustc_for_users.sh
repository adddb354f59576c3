#!/bin/sh
# Compiles a crate, and one of this project without calls before its loads and stores: what a run is
# made of belongs to the thread that drives it, whichever strand it is called from.
#
# Cargo calls it with the compiler and its arguments (RUSTC_WRAPPER); another wrapper may stand
# behind it (REVEILLE_RUSTC_WRAPPER).
rustc=$1
shift
name=
last=
for argument in "$@"; do
  [ "$last" = --crate-name ] && name=$argument
  last=$argument
done
case $name in
reveille | reveille_sim | reveille_threads)
  count=$#
  while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    case $argument in
    -Cpasses=*) set -- "$@" -Cpasses=tsan ;;
    -Cllvm-args=-sanitizer-coverage*) ;;
    *) set -- "$@" "$argument" ;;
    esac
  done
  ;;
esac
exec ${REVEILLE_RUSTC_WRAPPER:+"$REVEILLE_RUSTC_WRAPPER"} "$rustc" "$@"
