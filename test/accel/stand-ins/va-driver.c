// A VA-API driver that decodes and encodes in software: for tests on machines without a GPU.
#include "va-driver.h"

#include <stdlib.h>
#include <string.h>

#include "switches.h"

#define EXPORT __attribute__((visibility("default")))
#define MOST_ATTRIBUTES 8
#define PACKED_HEADERS                                                                                                 \
  (VA_ENC_PACKED_HEADER_SEQUENCE | VA_ENC_PACKED_HEADER_SLICE | VA_ENC_PACKED_HEADER_MISC |                            \
   VA_ENC_PACKED_HEADER_RAW_DATA)

static const VAProfile h264_profiles[] = {VAProfileH264ConstrainedBaseline, VAProfileH264Main, VAProfileH264High};
#define H264_PROFILES ((int)(sizeof(h264_profiles) / sizeof(*h264_profiles)))

ObjectTable *va_objects(VADriverContextP driver) { return driver->pDriverData; }

VAGenericID object_add(ObjectTable *table, ObjectKind kind, void *object) {
  pthread_mutex_lock(&table->lock);
  size_t id = 1; // programs take 0 for a null pointer
  while (id < table->count && table->slots[id].kind)
    id++;
  if (id >= table->count) {
    size_t count = 2 * table->count + 64;
    void *slots = realloc(table->slots, count * sizeof(*table->slots));
    if (slots) {
      table->slots = slots;
      memset(table->slots + table->count, 0, (count - table->count) * sizeof(*table->slots));
      table->count = count;
    }
  }
  bool is_added = id < table->count;
  if (is_added) {
    table->slots[id].kind = kind;
    table->slots[id].object = object;
  }
  pthread_mutex_unlock(&table->lock);
  return is_added ? (VAGenericID)id : VA_INVALID_ID;
}

static void *look_up(ObjectTable *table, ObjectKind kind, VAGenericID id, bool remove) {
  pthread_mutex_lock(&table->lock);
  void *object = NULL;
  if (id < table->count && table->slots[id].kind == kind) {
    object = table->slots[id].object;
    if (remove)
      table->slots[id].kind = 0;
  }
  pthread_mutex_unlock(&table->lock);
  return object;
}

void *object_get(ObjectTable *table, ObjectKind kind, VAGenericID id) { return look_up(table, kind, id, false); }

void *object_remove(ObjectTable *table, ObjectKind kind, VAGenericID id) { return look_up(table, kind, id, true); }

static bool is_h264(VAProfile profile) {
  for (int i = 0; i < H264_PROFILES; i++)
    if (h264_profiles[i] == profile)
      return true;
  return false;
}

static bool is_offered(VAProfile profile, VAEntrypoint entrypoint) {
  if (entrypoint == VAEntrypointVLD && profile == VAProfileVP9Profile0)
    return switch_offers("decode-vp9");
  if (entrypoint == VAEntrypointVLD && is_h264(profile))
    return switch_offers("decode-h264");
  if (entrypoint == VAEntrypointEncSlice && is_h264(profile))
    return switch_offers("encode-h264");
  return false;
}

static VAStatus query_entrypoints(VADriverContextP driver, VAProfile profile, VAEntrypoint *list, int *count) {
  (void)driver;
  *count = 0;
  if (is_offered(profile, VAEntrypointVLD))
    list[(*count)++] = VAEntrypointVLD;
  if (is_offered(profile, VAEntrypointEncSlice))
    list[(*count)++] = VAEntrypointEncSlice;
  return *count ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_UNSUPPORTED_PROFILE;
}

static VAStatus query_profiles(VADriverContextP driver, VAProfile *list, int *count) {
  VAEntrypoint entrypoints[2];
  int entrypoint_count;
  *count = 0;
  for (int i = 0; i < H264_PROFILES; i++)
    if (!query_entrypoints(driver, h264_profiles[i], entrypoints, &entrypoint_count))
      list[(*count)++] = h264_profiles[i];
  if (!query_entrypoints(driver, VAProfileVP9Profile0, entrypoints, &entrypoint_count))
    list[(*count)++] = VAProfileVP9Profile0;
  return VA_STATUS_SUCCESS;
}

static uint32_t config_attribute(VAConfigAttribType type, VAEntrypoint entrypoint) {
  bool is_encoder = entrypoint == VAEntrypointEncSlice;
  switch (type) {
  case VAConfigAttribRTFormat:
    return VA_RT_FORMAT_YUV420;
  case VAConfigAttribMaxPictureWidth:
  case VAConfigAttribMaxPictureHeight:
    return VA_LARGEST_SIDE;
  case VAConfigAttribRateControl:
    return is_encoder ? VA_RC_CQP | VA_RC_CBR | VA_RC_VBR : VA_ATTRIB_NOT_SUPPORTED;
  case VAConfigAttribEncMaxRefFrames: // one to the past, none to the future
  case VAConfigAttribEncMaxSlices:
    return is_encoder ? 1 : VA_ATTRIB_NOT_SUPPORTED;
  case VAConfigAttribEncPackedHeaders:
    return is_encoder && !switch_is_on("EVERYCODEC_STANDIN_NO_PACKED_HEADERS") ? PACKED_HEADERS
                                                                              : VA_ATTRIB_NOT_SUPPORTED;
  default:
    return VA_ATTRIB_NOT_SUPPORTED;
  }
}

static VAStatus get_config_attributes(VADriverContextP driver, VAProfile profile, VAEntrypoint entrypoint,
                                      VAConfigAttrib *list, int count) {
  (void)driver;
  if (!is_offered(profile, entrypoint))
    return VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT;
  for (int i = 0; i < count; i++)
    list[i].value = config_attribute(list[i].type, entrypoint);
  return VA_STATUS_SUCCESS;
}

static VAStatus create_config(VADriverContextP driver, VAProfile profile, VAEntrypoint entrypoint, VAConfigAttrib *list,
                              int count, VAConfigID *id) {
  bool takes_packed_headers = false;
  for (int i = 0; i < count; i++) {
    uint32_t supported = config_attribute(list[i].type, entrypoint);
    if (supported == VA_ATTRIB_NOT_SUPPORTED)
      return VA_STATUS_ERROR_ATTR_NOT_SUPPORTED;
    if (list[i].type == VAConfigAttribRTFormat && !(list[i].value & supported))
      return VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT;
    if (list[i].type == VAConfigAttribEncPackedHeaders)
      takes_packed_headers = list[i].value & VA_ENC_PACKED_HEADER_SEQUENCE;
  }
  if (!is_offered(profile, entrypoint))
    return VA_STATUS_ERROR_UNSUPPORTED_PROFILE;
  Config *config = calloc(1, sizeof(*config));
  if (!config)
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  config->profile = profile;
  config->entrypoint = entrypoint;
  config->takes_packed_headers = takes_packed_headers;
  *id = object_add(va_objects(driver), OBJECT_CONFIG, config);
  return VA_STATUS_SUCCESS;
}

static VAStatus destroy_config(VADriverContextP driver, VAConfigID id) {
  Config *config = object_remove(va_objects(driver), OBJECT_CONFIG, id);
  if (!config)
    return VA_STATUS_ERROR_INVALID_CONFIG;
  free(config);
  return VA_STATUS_SUCCESS;
}

static VAStatus query_config(VADriverContextP driver, VAConfigID id, VAProfile *profile, VAEntrypoint *entrypoint,
                             VAConfigAttrib *list, int *count) {
  Config *config = object_get(va_objects(driver), OBJECT_CONFIG, id);
  if (!config)
    return VA_STATUS_ERROR_INVALID_CONFIG;
  *profile = config->profile;
  *entrypoint = config->entrypoint;
  list[0] = (VAConfigAttrib){VAConfigAttribRTFormat, VA_RT_FORMAT_YUV420};
  *count = 1;
  return VA_STATUS_SUCCESS;
}

static VAStatus create_context(VADriverContextP driver, VAConfigID config_id, int width, int height, int flags,
                               VASurfaceID *targets, int target_count, VAContextID *id) {
  (void)flags, (void)targets, (void)target_count;
  Config *config = object_get(va_objects(driver), OBJECT_CONFIG, config_id);
  if (!config)
    return VA_STATUS_ERROR_INVALID_CONFIG;
  if (width > VA_LARGEST_SIDE || height > VA_LARGEST_SIDE)
    return VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED;
  Context *context = calloc(1, sizeof(*context));
  if (!context)
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  context->profile = config->profile;
  context->entrypoint = config->entrypoint;
  context->takes_packed_headers = config->takes_packed_headers;
  context->width = width;
  context->height = height;
  *id = object_add(va_objects(driver), OBJECT_CONTEXT, context);
  return VA_STATUS_SUCCESS;
}

static void free_context(Context *context) {
  software_decoder_release(context->decoder);
  software_encoder_close(context->encoder);
  bytes_free(&context->stream);
  free(context);
}

static VAStatus destroy_context(VADriverContextP driver, VAContextID id) {
  Context *context = object_remove(va_objects(driver), OBJECT_CONTEXT, id);
  if (!context)
    return VA_STATUS_ERROR_INVALID_CONTEXT;
  free_context(context);
  return VA_STATUS_SUCCESS;
}

static VAStatus begin_picture(VADriverContextP driver, VAContextID id, VASurfaceID target) {
  Context *context = object_get(va_objects(driver), OBJECT_CONTEXT, id);
  if (!context)
    return VA_STATUS_ERROR_INVALID_CONTEXT;
  context->target = object_get(va_objects(driver), OBJECT_SURFACE, target);
  context->buffer_count = 0;
  return context->target ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_SURFACE;
}

static VAStatus render_picture(VADriverContextP driver, VAContextID id, VABufferID *ids, int count) {
  ObjectTable *objects = va_objects(driver);
  Context *context = object_get(objects, OBJECT_CONTEXT, id);
  if (!context)
    return VA_STATUS_ERROR_INVALID_CONTEXT;
  for (int i = 0; i < count; i++) {
    Buffer *buffer = object_get(objects, OBJECT_BUFFER, ids[i]);
    if (!buffer)
      return VA_STATUS_ERROR_INVALID_BUFFER;
    if (context->buffer_count == VA_MAX_BUFFERS)
      return VA_STATUS_ERROR_MAX_NUM_EXCEEDED;
    context->buffers[context->buffer_count++] = buffer;
  }
  return VA_STATUS_SUCCESS;
}

static VAStatus end_picture(VADriverContextP driver, VAContextID id) {
  ObjectTable *objects = va_objects(driver);
  Context *context = object_get(objects, OBJECT_CONTEXT, id);
  if (!context)
    return VA_STATUS_ERROR_INVALID_CONTEXT;
  if (!context->target)
    return VA_STATUS_ERROR_INVALID_SURFACE;
  bool is_encoder = context->entrypoint == VAEntrypointEncSlice;
  const char *work = is_encoder ? "encode" : "decode";
  VAStatus status = VA_STATUS_ERROR_HW_BUSY;
  if (!switch_loses_device(is_encoder ? WORK_ENCODE : WORK_DECODE))
    status = is_encoder ? va_encode_picture(objects, context) : va_decode_picture(objects, context);
  switch_log("va %s %s %dx%d%s", work, codec_name(va_codec(context->profile)), context->width, context->height,
             status ? " failed" : "");
  context->target = NULL;
  context->buffer_count = 0;
  return status;
}

static VAStatus query_subpicture_formats(VADriverContextP driver, VAImageFormat *list, unsigned *flags,
                                         unsigned *count) {
  (void)driver, (void)list, (void)flags;
  *count = 0;
  return VA_STATUS_SUCCESS;
}

static VAStatus query_display_attributes(VADriverContextP driver, VADisplayAttribute *list, int *count) {
  (void)driver, (void)list;
  *count = 0;
  return VA_STATUS_SUCCESS;
}

// libva refuses a driver that leaves out any of these; the caller's other arguments do no harm in C's convention.
static VAStatus unimplemented(VADriverContextP driver) {
  (void)driver;
  return VA_STATUS_ERROR_UNIMPLEMENTED;
}

static void free_object(ObjectKind kind, void *object) {
  if (kind == OBJECT_CONTEXT)
    free_context(object);
  else if (kind == OBJECT_SURFACE)
    surface_free(object);
  else if (kind == OBJECT_BUFFER)
    buffer_free(object);
  else
    free(object);
}

static VAStatus terminate(VADriverContextP driver) {
  ObjectTable *objects = va_objects(driver);
  for (size_t i = 0; i < objects->count; i++)
    if (objects->slots[i].kind)
      free_object(objects->slots[i].kind, objects->slots[i].object);
  pthread_mutex_destroy(&objects->lock);
  free(objects->slots);
  free(objects);
  driver->pDriverData = NULL;
  return VA_STATUS_SUCCESS;
}

static void fill_functions(struct VADriverVTable *functions) {
  functions->vaTerminate = terminate;
  functions->vaQueryConfigProfiles = query_profiles;
  functions->vaQueryConfigEntrypoints = query_entrypoints;
  functions->vaGetConfigAttributes = get_config_attributes;
  functions->vaCreateConfig = create_config;
  functions->vaDestroyConfig = destroy_config;
  functions->vaQueryConfigAttributes = query_config;
  functions->vaCreateContext = create_context;
  functions->vaDestroyContext = destroy_context;
  functions->vaBeginPicture = begin_picture;
  functions->vaRenderPicture = render_picture;
  functions->vaEndPicture = end_picture;
  functions->vaQuerySubpictureFormats = query_subpicture_formats;
  functions->vaQueryDisplayAttributes = query_display_attributes;
  functions->vaGetDisplayAttributes = (void *)unimplemented;
  functions->vaSetDisplayAttributes = (void *)unimplemented;
  functions->vaCreateSubpicture = (void *)unimplemented;
  functions->vaDestroySubpicture = (void *)unimplemented;
  functions->vaSetSubpictureImage = (void *)unimplemented;
  functions->vaSetSubpictureChromakey = (void *)unimplemented;
  functions->vaSetSubpictureGlobalAlpha = (void *)unimplemented;
  functions->vaAssociateSubpicture = (void *)unimplemented;
  functions->vaDeassociateSubpicture = (void *)unimplemented;
  functions->vaSetImagePalette = (void *)unimplemented;
  functions->vaPutSurface = (void *)unimplemented;
  functions->vaQuerySurfaceError = (void *)unimplemented;
  va_fill_memory_functions(functions);
}

static VAStatus initialize(VADriverContextP driver) {
  ObjectTable *objects = calloc(1, sizeof(*objects));
  if (!objects)
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  pthread_mutex_init(&objects->lock, NULL);
  driver->pDriverData = objects;
  driver->version_major = VA_MAJOR_VERSION;
  driver->version_minor = VA_MINOR_VERSION;
  driver->max_profiles = H264_PROFILES + 1;
  driver->max_entrypoints = 2;
  driver->max_attributes = MOST_ATTRIBUTES;
  driver->max_image_formats = 1;
  driver->max_subpic_formats = 1;
  driver->max_display_attributes = 1;
  driver->str_vendor = "everycodec: software stand-in for tests";
  fill_functions(driver->vtable);
  return VA_STATUS_SUCCESS;
}

// libva looks for the function of its own minor version first, then for those of all older ones.
EXPORT VAStatus __vaDriverInit_1_0(VADriverContextP driver) { return initialize(driver); }
