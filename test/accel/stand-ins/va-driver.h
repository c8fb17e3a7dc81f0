// The objects of the stand-in for a VA-API driver.
#pragma once
#include <pthread.h>
#include <va/va_backend.h>
#include <va/va_enc_h264.h>

#include "h264-slices.h"
#include "h264-stream.h"
#include "software-codec.h"

#define VA_LARGEST_SIDE 4096
#define VA_MAX_BUFFERS 1024 // of a picture

typedef enum { OBJECT_CONFIG = 1, OBJECT_CONTEXT, OBJECT_SURFACE, OBJECT_BUFFER, OBJECT_IMAGE } ObjectKind;

// Identifiers of VA objects are places in a table. The table has a lock; the objects have none, as programs may use one
// from one thread at a time only.
typedef struct {
  pthread_mutex_t lock;
  struct {
    ObjectKind kind; // 0: free
    void *object;
  } *slots;
  size_t count;
} ObjectTable;

typedef struct {
  VAProfile profile;
  VAEntrypoint entrypoint;
  bool takes_packed_headers;
} Config;

typedef struct {
  Nv12 picture;
  // What decoded the picture: a context that begins with pictures that refer to this one goes on with it.
  SoftwareDecoder *decoder;
} Surface;

typedef struct {
  VABufferType type;
  unsigned element_size;
  unsigned elements;
  uint8_t *data;
  bool is_borrowed; // belongs to a surface
  VACodedBufferSegment segment;
} Buffer;

typedef struct {
  VAImage image;
} Image;

typedef struct {
  VAProfile profile;
  VAEntrypoint entrypoint;
  int width;
  int height;
  // The picture between vaBeginPicture() and vaEndPicture().
  Surface *target;
  Buffer *buffers[VA_MAX_BUFFERS];
  int buffer_count;
  // Decoding.
  SoftwareDecoder *decoder;
  ByteBuffer stream;
  // Encoding.
  bool takes_packed_headers;
  SoftwareEncoder *encoder;
  SliceFormat encoder_format;
  VAEncSequenceParameterBufferH264 sequence;
  VAEncMiscParameterRateControl rate_control;
  VAEncMiscParameterFrameRate frame_rate;
} Context;

ObjectTable *va_objects(VADriverContextP driver);
// VA_INVALID_ID: out of memory.
VAGenericID object_add(ObjectTable *table, ObjectKind kind, void *object);
void *object_get(ObjectTable *table, ObjectKind kind, VAGenericID id);
// Gives back what was there; NULL where there was no such thing.
void *object_remove(ObjectTable *table, ObjectKind kind, VAGenericID id);

static inline Codec va_codec(VAProfile profile) {
  return profile == VAProfileVP9Profile0 ? CODEC_VP9 : CODEC_H264;
}

// The functions of surfaces, buffers and images.
void va_fill_memory_functions(struct VADriverVTable *functions);
void buffer_free(Buffer *buffer);
void surface_free(Surface *surface);

VAStatus va_decode_picture(ObjectTable *objects, Context *context);
VAStatus va_encode_picture(ObjectTable *objects, Context *context);
