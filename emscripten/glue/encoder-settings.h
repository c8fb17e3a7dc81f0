// What every video encoder makes of its parameters, whichever library it uses.
#ifndef EVERYCODEC_ENCODER_SETTINGS_H
#define EVERYCODEC_ENCODER_SETTINGS_H

#include "video-encoder.h"

// Whether layers, mode and bitrate are such that an encoder may be asked for them.
int settings_are_valid(const EncoderParameters *wanted, double largest_bitrate);

// The same with a frame rate and a number of threads that encoders can work with.
EncoderParameters settings_in_range(const EncoderParameters *wanted, int most_threads);

// Bits per second: what was asked for, or what is sensible for camera pictures where `at_720p30` is so
// for 1280 × 720 at 30 frames per second.
double settings_bitrate(const EncoderParameters *settings, double at_720p30);

#endif
