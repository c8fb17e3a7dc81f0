#include "encoder-settings.h"

#include <math.h>

int settings_are_valid(const EncoderParameters *wanted, double largest_bitrate) {
  if (wanted->temporal_layers < 1 || wanted->temporal_layers > 3)
    return 0;
  if (wanted->bitrate_mode < BITRATE_CONSTANT || wanted->bitrate_mode > BITRATE_QUANTIZER)
    return 0;
  if (wanted->chroma < CHROMA_420 || wanted->chroma > CHROMA_444)
    return 0;
  // NaN fails this too.
  return wanted->bitrate >= 0 && wanted->bitrate <= largest_bitrate;
}

EncoderParameters settings_in_range(const EncoderParameters *wanted, int most_threads) {
  EncoderParameters settings = *wanted;
  if (!(settings.framerate >= 1 && settings.framerate <= 1000))
    settings.framerate = settings.framerate > 1000 ? 1000 : settings.framerate > 0 ? 1 : 30;
  settings.threads = settings.threads < 1 ? 1 : settings.threads > most_threads ? most_threads : settings.threads;
  return settings;
}

double settings_bitrate(const EncoderParameters *settings, double at_720p30) {
  if (settings->bitrate > 0)
    return settings->bitrate;
  double pixels_per_second = (double)settings->width * settings->height * settings->framerate;
  // Larger pictures need fewer bits per pixel.
  return fmax(50e3, at_720p30 * pow(pixels_per_second / (1280.0 * 720 * 30), 0.8));
}
