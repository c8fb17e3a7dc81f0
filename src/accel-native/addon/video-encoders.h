// The libraries that encode video, by the glue that each pack is made of.
#ifndef EVERYCODEC_VIDEO_ENCODERS_H
#define EVERYCODEC_VIDEO_ENCODERS_H

#ifdef __cplusplus
extern "C" {
#endif

#include "video-encoder.h"

typedef struct VideoEncoderLibrary {
  const char *name;
  int (*open)(const EncoderParameters *parameters);
  int (*encode)(const SourcePicture *picture);
  int (*receive)(EncodedPacket *packet);
  int (*drain)(void);
  void (*close)(void);
} VideoEncoderLibrary;

// NULL for a codec that this build has no library for.
const VideoEncoderLibrary *video_encoder_library(int codec);

#ifdef HAVE_OPENH264
extern const VideoEncoderLibrary openh264_library;
#endif
#ifdef HAVE_KVAZAAR
extern const VideoEncoderLibrary kvazaar_library;
#endif
extern const VideoEncoderLibrary vpx_library;
extern const VideoEncoderLibrary aom_library;

#ifdef __cplusplus
}
#endif

#endif
