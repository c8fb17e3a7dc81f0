#include "vpx-aom.h"

#include <math.h>

#include "encoder-settings.h"

#define MAX_FRAME_INTERVAL MICROSECONDS
#define SMALLEST_TILE 256

// Rate control goes by time. Where timestamps stand still, run backwards or leap, it is given what the
// frame rate says, or at most a second.
int64_t clock_advance(FrameClock *clock, double timestamp, double framerate) {
  double nominal = MICROSECONDS / framerate;
  double interval = timestamp - clock->last_timestamp;
  if (!(interval > 0))
    interval = nominal;
  interval = fmin(fmax(interval, nominal / 4), MAX_FRAME_INTERVAL);
  if (clock->is_running)
    clock->time += (int64_t)fmax(1, interval);
  clock->is_running = 1;
  clock->last_timestamp = timestamp;
  return clock->time;
}

// Without a first pass, the libraries' own variable mode overshoots by a fifth on hard scenes; their
// constant mode with a larger buffer keeps to the bitrate and costs no quality at equal rates.
RateControl rate_control(const EncoderParameters *settings, double at_720p30) {
  int constant = settings->bitrate_mode == BITRATE_CONSTANT || settings->temporal_layers > 1;
  unsigned optimal = constant ? 600 : 1500;
  return (RateControl){
      .kilobits = (unsigned)fmin(fmax(round(settings_bitrate(settings, at_720p30) / 1000), 1), 2000000),
      .buffer = constant ? 1000 : 2500,
      .initial = constant ? 500 : 1250,
      .optimal = optimal,
      .percent = 50,
      // Half of the buffer, as WebRTC does.
      .largest_key_frame = (int)fmax(300, optimal * 0.5 * settings->framerate / 10),
  };
}

unsigned layer_kilobits(unsigned kilobits, int layers, int layer) {
  static const double shares[4][3] = {{0}, {1}, {0.6, 1}, {0.4, 0.6, 1}};
  return (unsigned)fmax(1, kilobits * shares[layers][layer]);
}

int floor_log2(int value) {
  int result = 0;
  while (value >>= 1)
    result++;
  return result;
}

// Tiles cost a little quality: no more than there are threads, and none that is narrow.
int tile_columns_log2(const EncoderParameters *settings) {
  int tiles = settings->width / SMALLEST_TILE;
  if (tiles > settings->threads)
    tiles = settings->threads;
  return tiles > 1 ? floor_log2(tiles) : 0;
}
