# Laid over the release flags: names and lines in traces, assertions on, no optimisation.
for _flags in CFLAGS CXXFLAGS SIDE_MODULE_LDFLAGS; do
  export "$_flags=${!_flags/-O2/-O0 -g}"
done
export CMAKE_ARGS="${CMAKE_ARGS/=Release/=Debug}"
unset _flags
