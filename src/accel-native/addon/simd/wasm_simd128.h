// The packs' kernels are written for WebAssembly; SIMDe (MIT) has its instructions for every machine.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>

// Those that SIMDe has under other names.
#define wasm_i8x16_const_splat wasm_i8x16_splat
#define wasm_i16x8_const_splat wasm_i16x8_splat
