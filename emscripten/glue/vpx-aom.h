// What libvpx and libaom, which descends from it, want alike.
#ifndef EVERYCODEC_VPX_AOM_H
#define EVERYCODEC_VPX_AOM_H

#include "video-encoder.h"

#define MICROSECONDS 1000000
#define LARGEST_QUANTIZER 63
// For pictures whose quantizer is left to us although the mode is "quantizer".
#define DEFAULT_QUANTIZER 32
#define MAX_THREADS 16

// Times that strictly increase, which is what both libraries want.
typedef struct FrameClock {
  int is_running;        // 0 before the first frame
  int64_t time;          // µs
  double last_timestamp; // µs, as the program gave it
} FrameClock;

// The time of the next frame.
int64_t clock_advance(FrameClock *clock, double timestamp, double framerate);

// Rate control in one pass that keeps to the bitrate.
typedef struct RateControl {
  unsigned kilobits;  // per second
  unsigned buffer;    // ms
  unsigned initial;   // ms
  unsigned optimal;   // ms
  int percent;        // how far the rate may go below or above
  int largest_key_frame; // in percent of an average frame
} RateControl;

// `at_720p30`: see settings_bitrate().
RateControl rate_control(const EncoderParameters *settings, double at_720p30);

// Kilobits per second that the temporal layers up to this one may take together.
unsigned layer_kilobits(unsigned kilobits, int layers, int layer);

int floor_log2(int value);

// The logarithm of how many columns of tiles there should be.
int tile_columns_log2(const EncoderParameters *settings);

#endif
