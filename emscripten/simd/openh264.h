// What the kernels share that stand in for OpenH264's functions: its function tables, and absolute differences.
#ifndef EVERYCODEC_OPENH264_H
#define EVERYCODEC_OPENH264_H

#ifdef __cplusplus
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-qualifiers"
#include "wels_func_ptr_def.h"
#pragma clang diagnostic pop

using namespace WelsEnc;
#endif

#include "transpose.h"

INLINE v128_t difference(v128_t a, v128_t b) {
  return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
}

#endif
