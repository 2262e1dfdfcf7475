# libflang_rt.runtime.a of the sources in $(SOURCES): everything that upstream builds for a host.
RUNTIME = $(SOURCES)/flang-rt/lib/runtime
CXX_SOURCES = $(wildcard $(RUNTIME)/*.cpp) $(wildcard $(SOURCES)/flang/lib/Decimal/*.cpp)
OBJECTS = $(notdir $(CXX_SOURCES:.cpp=.o)) complex-reduction.o iso_fortran_env_impl.o
FLAGS = -Iconfig -I$(SOURCES)/flang/include -I$(SOURCES)/flang-rt/include -fvisibility=hidden -DNDEBUG \
  -ffile-prefix-map=$(SOURCES)=.

vpath %.cpp $(RUNTIME) $(SOURCES)/flang/lib/Decimal
vpath %.c $(RUNTIME)
vpath %.f90 $(SOURCES)/flang/module

libflang_rt.runtime.a: $(OBJECTS)
	$(AR) rcs $@ $(sort $^)

# Literals in descriptors are narrowed to the 32-bit sizes of wasm.
%.o: %.cpp
	$(CXX) $(CXXFLAGS) $(FLAGS) -std=c++17 -fno-exceptions -fno-rtti -Wno-c++11-narrowing -c $< -o $@

%.o: %.c
	$(CC) $(CFLAGS) $(FLAGS) -c $< -o $@

%.o: %.f90
	$(FC) $(FFLAGS) -cpp -c $< -o $@
