# Makes bin/flang from the patched files of flang and the static archives of the rest: make -f relink.mk
# Variables: LLVM and RT (folders of the llvm package), ROOT (unpacked development packages).
CXX = ccache $(LLVM)/bin/clang++ --sysroot=$(ROOT) --gcc-install-dir=$(ROOT)/usr/lib/gcc/x86_64-linux-gnu/16
CXXFLAGS = -std=c++17 -O1 -fPIC -fno-exceptions -ffunction-sections -fdata-sections -w -ffile-prefix-map=$(CURDIR)=. \
  -DNDEBUG -D_GNU_SOURCE -D__STDC_CONSTANT_MACROS -D__STDC_FORMAT_MACROS -D__STDC_LIMIT_MACROS
INCLUDE = -Iflang/include -I$(ROOT)/usr/lib/llvm-21/include

PLAIN = lib/Optimizer/CodeGen/CodeGen lib/Optimizer/CodeGen/Target lib/Optimizer/CodeGen/TargetRewrite \
  lib/Semantics/compute-offsets tools/flang-driver/driver tools/flang-driver/fc1_main
# What takes widths from C++ types is compiled with those of wasm32, in the headers that build.sh makes.
WIDTHS = lib/Optimizer/CodeGen/TypeConverter lib/Lower/IO lib/Lower/Allocatable lib/Lower/Runtime \
  $(addprefix lib/Optimizer/Builder/Runtime/,Allocatable Character Command Exceptions Intrinsics Numeric Pointer Reduction Stop)

PLAIN_OBJECTS = $(PLAIN:%=objects/%.o)
WIDTHS_OBJECTS = $(WIDTHS:%=objects/%.o)
$(WIDTHS_OBJECTS): INCLUDE := -Iwasm32 $(INCLUDE)

ARCHIVES = $(filter-out %Test% %/libMLIRCAPI%, \
  $(foreach name,flang F HLFIR CUF MLIR,$(wildcard $(ROOT)/usr/lib/llvm-21/lib/lib$(name)*.a)))
LIBRARIES = $(RT)/libclang-cpp.so.21.1 $(RT)/libLLVM.so.21.1

bin/flang: $(PLAIN_OBJECTS) $(WIDTHS_OBJECTS)
	mkdir -p $(@D)
	$(CXX:ccache%=%) -fuse-ld=lld -o $@ $^ -Wl,--gc-sections,--strip-all,--build-id=none \
	  -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBRARIES) -Wl,-Bstatic -lquadmath -Wl,-Bdynamic

objects/%.o: flang/%.cpp
	mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(INCLUDE) -c $< -o $@
