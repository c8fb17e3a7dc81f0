// What the kernels share that stand in for OpenH264's functions: its function tables.
#ifndef EVERYCODEC_OPENH264_H
#define EVERYCODEC_OPENH264_H

#ifdef __cplusplus
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-qualifiers"
#include "wels_func_ptr_def.h"
#pragma clang diagnostic pop

using namespace WelsEnc;
#endif

#include "differences.h"
#include "transpose.h"

#endif
