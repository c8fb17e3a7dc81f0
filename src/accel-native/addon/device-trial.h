// Whether a device does what its driver says: many are listed that fail.
#ifndef EVERYCODEC_DEVICE_TRIAL_H
#define EVERYCODEC_DEVICE_TRIAL_H

#include "devices.h"

namespace everycodec {

// Decodes a key frame of a few bytes and copies the picture from the device.
bool TryDecoding(const Device &device, int codec);

// Encodes one grey picture.
bool TryEncoding(const Device &device, int codec);

}  // namespace everycodec

#endif
