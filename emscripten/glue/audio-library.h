// Encoders that are neither libavcodec's nor libopus: they take samples as they come and give packets when they like.
#ifndef EVERYCODEC_AUDIO_LIBRARY_H
#define EVERYCODEC_AUDIO_LIBRARY_H

#include <stdint.h>

typedef struct LibraryPacket {
  const uint8_t *data; // until the next call
  int size;
  int64_t samples; // that it stands for
} LibraryPacket;

typedef struct AudioLibrary {
  // `bitrate` in bits per second, 0: the library's choice. Returns 0 or an EncoderError.
  int (*start)(int sample_rate, int channels, double bitrate, int constant);
  // Planar samples from -1 to 1. All packets must have been taken before.
  int (*feed)(const float *const *planes, int frames);
  // No more samples: the rest comes out of next(); feed() then begins anew.
  int (*finish)(void);
  // Returns 1 with a packet, 0 when there is none, or an EncoderError.
  int (*next)(LibraryPacket *packet);
  // The global header, or NULL.
  const uint8_t *(*description)(int *size);
  void (*stop)(void);
} AudioLibrary;

extern const AudioLibrary mp3_library;
extern const AudioLibrary vorbis_library;

#endif
