#ifndef EVERYCODEC_CONVERSION_H
#define EVERYCODEC_CONVERSION_H

#include <napi.h>

namespace everycodec {

// convert(parameters): resolves when a part of the picture in a slot is RGB in the target. It throws for a part or a
// target that is too small. undefined: this build, or this machine, cannot.
void DefineConversion(Napi::Env env, Napi::Object exports);

}  // namespace everycodec

#endif
