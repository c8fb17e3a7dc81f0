// Surfaces, buffers and images of the VA-API stand-in. All of it is plain memory; what would cross the bus is logged.
#include <stdlib.h>
#include <string.h>

#include "switches.h"
#include "va-driver.h"

#define ALIGNMENT 64
#define LEAST_SIDE 1

static const VAImageFormat nv12_format = {.fourcc = VA_FOURCC_NV12, .byte_order = VA_LSB_FIRST, .bits_per_pixel = 12};

static size_t aligned(size_t size) { return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

// The same layout for surfaces and images.
static size_t lay_out(Nv12 *picture, int width, int height) {
  *picture = (Nv12){.width = width, .height = height, .pitch = aligned((size_t)width)};
  return picture->pitch * (size_t)(height + nv12_chroma_rows(picture));
}

static void place(Nv12 *picture, uint8_t *data) {
  picture->luma = data;
  picture->chroma = data + picture->pitch * (size_t)picture->height;
}

void surface_free(Surface *surface) {
  if (!surface)
    return;
  software_decoder_release(surface->decoder);
  free(surface->picture.luma);
  free(surface);
}

static Surface *new_surface(unsigned width, unsigned height) {
  Surface *surface = calloc(1, sizeof(*surface));
  if (!surface)
    return NULL;
  uint8_t *data = calloc(1, lay_out(&surface->picture, (int)width, (int)height));
  if (data)
    place(&surface->picture, data);
  else
    free(surface);
  return data ? surface : NULL;
}

static VAStatus destroy_surfaces(VADriverContextP driver, VASurfaceID *ids, int count) {
  for (int i = 0; i < count; i++) {
    Surface *surface = object_remove(va_objects(driver), OBJECT_SURFACE, ids[i]);
    if (!surface)
      return VA_STATUS_ERROR_INVALID_SURFACE;
    surface_free(surface);
  }
  return VA_STATUS_SUCCESS;
}

static VAStatus check_surface_attributes(const VASurfaceAttrib *list, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    int value = list[i].value.value.i;
    if (list[i].type == VASurfaceAttribPixelFormat && value != VA_FOURCC_NV12)
      return VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT;
    if (list[i].type == VASurfaceAttribMemoryType && value != VA_SURFACE_ATTRIB_MEM_TYPE_VA)
      return VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE;
  }
  return VA_STATUS_SUCCESS;
}

static VAStatus create_surfaces2(VADriverContextP driver, unsigned format, unsigned width, unsigned height,
                                 VASurfaceID *ids, unsigned count, VASurfaceAttrib *list, unsigned attribute_count) {
  if (!(format & VA_RT_FORMAT_YUV420))
    return VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT;
  if (width < LEAST_SIDE || height < LEAST_SIDE || width > VA_LARGEST_SIDE || height > VA_LARGEST_SIDE)
    return VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED;
  VAStatus status = check_surface_attributes(list, attribute_count);
  for (unsigned i = 0; !status && i < count; i++) {
    Surface *surface = new_surface(width, height);
    ids[i] = surface ? object_add(va_objects(driver), OBJECT_SURFACE, surface) : VA_INVALID_ID;
    if (ids[i] != VA_INVALID_ID)
      continue;
    surface_free(surface);
    destroy_surfaces(driver, ids, (int)i);
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  }
  return status;
}

static VAStatus create_surfaces(VADriverContextP driver, int width, int height, int format, int count,
                                VASurfaceID *ids) {
  return create_surfaces2(driver, (unsigned)format, (unsigned)width, (unsigned)height, ids, (unsigned)count, NULL, 0);
}

static VASurfaceAttrib integer_attribute(VASurfaceAttribType type, int value) {
  return (VASurfaceAttrib){.type = type,
                           .flags = VA_SURFACE_ATTRIB_GETTABLE,
                           .value = {.type = VAGenericValueTypeInteger, .value.i = value}};
}

static VAStatus query_surface_attributes(VADriverContextP driver, VAConfigID config, VASurfaceAttrib *list,
                                         unsigned *count) {
  if (!object_get(va_objects(driver), OBJECT_CONFIG, config))
    return VA_STATUS_ERROR_INVALID_CONFIG;
  const VASurfaceAttrib attributes[] = {
      integer_attribute(VASurfaceAttribPixelFormat, VA_FOURCC_NV12),
      integer_attribute(VASurfaceAttribMemoryType, VA_SURFACE_ATTRIB_MEM_TYPE_VA),
      integer_attribute(VASurfaceAttribMinWidth, LEAST_SIDE),
      integer_attribute(VASurfaceAttribMinHeight, LEAST_SIDE),
      integer_attribute(VASurfaceAttribMaxWidth, VA_LARGEST_SIDE),
      integer_attribute(VASurfaceAttribMaxHeight, VA_LARGEST_SIDE),
  };
  const unsigned all = sizeof(attributes) / sizeof(*attributes);
  unsigned room = *count;
  *count = all;
  if (!list)
    return VA_STATUS_SUCCESS;
  if (room < all)
    return VA_STATUS_ERROR_MAX_NUM_EXCEEDED;
  memcpy(list, attributes, sizeof(attributes));
  return VA_STATUS_SUCCESS;
}

// Pictures are complete when vaEndPicture() returns.
static VAStatus sync_surface(VADriverContextP driver, VASurfaceID id) {
  return object_get(va_objects(driver), OBJECT_SURFACE, id) ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_SURFACE;
}

static VAStatus sync_surface2(VADriverContextP driver, VASurfaceID id, uint64_t timeout) {
  (void)timeout;
  return sync_surface(driver, id);
}

static VAStatus query_surface_status(VADriverContextP driver, VASurfaceID id, VASurfaceStatus *status) {
  *status = VASurfaceReady;
  return sync_surface(driver, id);
}

void buffer_free(Buffer *buffer) {
  if (!buffer->is_borrowed)
    free(buffer->data);
  free(buffer);
}

static Buffer *new_buffer(ObjectTable *objects, VABufferType type, unsigned size, unsigned elements, VABufferID *id) {
  Buffer *buffer = calloc(1, sizeof(*buffer));
  if (!buffer)
    return NULL;
  *buffer = (Buffer){.type = type, .element_size = size, .elements = elements};
  *id = object_add(objects, OBJECT_BUFFER, buffer);
  if (*id != VA_INVALID_ID)
    return buffer;
  free(buffer);
  return NULL;
}

static VAStatus create_buffer(VADriverContextP driver, VAContextID context, VABufferType type, unsigned size,
                              unsigned elements, void *data, VABufferID *id) {
  (void)context;
  ObjectTable *objects = va_objects(driver);
  Buffer *buffer = new_buffer(objects, type, size, elements, id);
  if (!buffer)
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  buffer->data = calloc(elements, size);
  if (!buffer->data) {
    free(object_remove(objects, OBJECT_BUFFER, *id));
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  }
  if (data)
    memcpy(buffer->data, data, (size_t)size * elements);
  return VA_STATUS_SUCCESS;
}

static VAStatus set_elements(VADriverContextP driver, VABufferID id, unsigned elements) {
  Buffer *buffer = object_get(va_objects(driver), OBJECT_BUFFER, id);
  if (!buffer)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  if (elements > buffer->elements)
    return VA_STATUS_ERROR_INVALID_PARAMETER;
  buffer->elements = elements;
  return VA_STATUS_SUCCESS;
}

static VAStatus map_buffer(VADriverContextP driver, VABufferID id, void **data) {
  Buffer *buffer = object_get(va_objects(driver), OBJECT_BUFFER, id);
  if (!buffer)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  if (buffer->is_borrowed)
    switch_log("va map");
  *data = buffer->type == VAEncCodedBufferType ? (void *)&buffer->segment : buffer->data;
  return VA_STATUS_SUCCESS;
}

static VAStatus unmap_buffer(VADriverContextP driver, VABufferID id) {
  return object_get(va_objects(driver), OBJECT_BUFFER, id) ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_BUFFER;
}

static VAStatus sync_buffer(VADriverContextP driver, VABufferID id, uint64_t timeout) {
  (void)timeout;
  return unmap_buffer(driver, id);
}

static VAStatus destroy_buffer(VADriverContextP driver, VABufferID id) {
  Buffer *buffer = object_remove(va_objects(driver), OBJECT_BUFFER, id);
  if (!buffer)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  buffer_free(buffer);
  return VA_STATUS_SUCCESS;
}

static VAStatus buffer_info(VADriverContextP driver, VABufferID id, VABufferType *type, unsigned *size,
                            unsigned *elements) {
  Buffer *buffer = object_get(va_objects(driver), OBJECT_BUFFER, id);
  if (!buffer)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  *type = buffer->type;
  *size = buffer->element_size;
  *elements = buffer->elements;
  return VA_STATUS_SUCCESS;
}

static VAStatus query_image_formats(VADriverContextP driver, VAImageFormat *list, int *count) {
  (void)driver;
  list[0] = nv12_format;
  *count = 1;
  return VA_STATUS_SUCCESS;
}

// With data, the image is a view of a surface.
static VAStatus add_image(VADriverContextP driver, int width, int height, uint8_t *data, VAImage *out) {
  Nv12 layout;
  size_t size = lay_out(&layout, width, height);
  VABufferID buffer_id;
  VAStatus status = create_buffer(driver, 0, VAImageBufferType, (unsigned)size, 1, NULL, &buffer_id);
  if (status)
    return status;
  if (data) {
    Buffer *buffer = object_get(va_objects(driver), OBJECT_BUFFER, buffer_id);
    free(buffer->data);
    buffer->data = data;
    buffer->is_borrowed = true;
  }
  Image *image = calloc(1, sizeof(*image));
  VAImageID id = image ? object_add(va_objects(driver), OBJECT_IMAGE, image) : VA_INVALID_ID;
  if (id == VA_INVALID_ID) {
    free(image);
    destroy_buffer(driver, buffer_id);
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  }
  image->image = (VAImage){.image_id = id,
                           .format = nv12_format,
                           .buf = buffer_id,
                           .width = (uint16_t)width,
                           .height = (uint16_t)height,
                           .data_size = (uint32_t)size,
                           .num_planes = 2,
                           .pitches = {(uint32_t)layout.pitch, (uint32_t)layout.pitch},
                           .offsets = {0, (uint32_t)(layout.pitch * (size_t)height)}};
  *out = image->image;
  return VA_STATUS_SUCCESS;
}

static VAStatus create_image(VADriverContextP driver, VAImageFormat *format, int width, int height, VAImage *image) {
  if (format->fourcc != VA_FOURCC_NV12)
    return VA_STATUS_ERROR_INVALID_IMAGE_FORMAT;
  if (width < LEAST_SIDE || height < LEAST_SIDE || width > VA_LARGEST_SIDE || height > VA_LARGEST_SIDE)
    return VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED;
  return add_image(driver, width, height, NULL, image);
}

static VAStatus derive_image(VADriverContextP driver, VASurfaceID id, VAImage *image) {
  Surface *surface = object_get(va_objects(driver), OBJECT_SURFACE, id);
  if (!surface)
    return VA_STATUS_ERROR_INVALID_SURFACE;
  return add_image(driver, surface->picture.width, surface->picture.height, surface->picture.luma, image);
}

static VAStatus destroy_image(VADriverContextP driver, VAImageID id) {
  Image *image = object_remove(va_objects(driver), OBJECT_IMAGE, id);
  if (!image)
    return VA_STATUS_ERROR_INVALID_IMAGE;
  VAStatus status = destroy_buffer(driver, image->image.buf);
  free(image);
  return status;
}

// A rectangle of a picture; chroma begins at even places.
static bool view(Nv12 *part, const Nv12 *whole, int x, int y, unsigned width, unsigned height) {
  if (x < 0 || y < 0 || x % 2 || y % 2 || width > VA_LARGEST_SIDE || height > VA_LARGEST_SIDE)
    return false;
  if (x + (int)width > whole->width || y + (int)height > whole->height)
    return false;
  *part = (Nv12){.width = (int)width,
                 .height = (int)height,
                 .pitch = whole->pitch,
                 .luma = whole->luma + (size_t)y * whole->pitch + x,
                 .chroma = whole->chroma + (size_t)y / 2 * whole->pitch + x};
  return true;
}

static bool image_picture(ObjectTable *objects, VAImageID id, Nv12 *picture) {
  Image *image = object_get(objects, OBJECT_IMAGE, id);
  Buffer *buffer = image ? object_get(objects, OBJECT_BUFFER, image->image.buf) : NULL;
  if (!buffer)
    return false;
  lay_out(picture, image->image.width, image->image.height);
  place(picture, buffer->data);
  return true;
}

static VAStatus get_image(VADriverContextP driver, VASurfaceID id, int x, int y, unsigned width, unsigned height,
                          VAImageID image) {
  Nv12 to, from;
  Surface *surface = object_get(va_objects(driver), OBJECT_SURFACE, id);
  if (!surface)
    return VA_STATUS_ERROR_INVALID_SURFACE;
  if (!image_picture(va_objects(driver), image, &to))
    return VA_STATUS_ERROR_INVALID_IMAGE;
  if (!view(&from, &surface->picture, x, y, width, height))
    return VA_STATUS_ERROR_INVALID_PARAMETER;
  nv12_copy(&to, &from);
  switch_log("va download %ux%u", width, height);
  return VA_STATUS_SUCCESS;
}

static VAStatus put_image(VADriverContextP driver, VASurfaceID id, VAImageID image, int from_x, int from_y,
                          unsigned from_width, unsigned from_height, int to_x, int to_y, unsigned to_width,
                          unsigned to_height) {
  Nv12 whole, to, from;
  Surface *surface = object_get(va_objects(driver), OBJECT_SURFACE, id);
  if (!surface)
    return VA_STATUS_ERROR_INVALID_SURFACE;
  if (!image_picture(va_objects(driver), image, &whole))
    return VA_STATUS_ERROR_INVALID_IMAGE;
  bool is_scaled = from_width != to_width || from_height != to_height;
  if (is_scaled || !view(&from, &whole, from_x, from_y, from_width, from_height) ||
      !view(&to, &surface->picture, to_x, to_y, to_width, to_height))
    return VA_STATUS_ERROR_INVALID_PARAMETER;
  nv12_copy(&to, &from);
  switch_log("va upload %ux%u", to_width, to_height);
  return VA_STATUS_SUCCESS;
}

void va_fill_memory_functions(struct VADriverVTable *functions) {
  functions->vaCreateSurfaces = create_surfaces;
  functions->vaCreateSurfaces2 = create_surfaces2;
  functions->vaDestroySurfaces = destroy_surfaces;
  functions->vaQuerySurfaceAttributes = query_surface_attributes;
  functions->vaSyncSurface = sync_surface;
  functions->vaSyncSurface2 = sync_surface2;
  functions->vaQuerySurfaceStatus = query_surface_status;
  functions->vaCreateBuffer = create_buffer;
  functions->vaBufferSetNumElements = set_elements;
  functions->vaMapBuffer = map_buffer;
  functions->vaUnmapBuffer = unmap_buffer;
  functions->vaDestroyBuffer = destroy_buffer;
  functions->vaSyncBuffer = sync_buffer;
  functions->vaBufferInfo = buffer_info;
  functions->vaQueryImageFormats = query_image_formats;
  functions->vaCreateImage = create_image;
  functions->vaDeriveImage = derive_image;
  functions->vaDestroyImage = destroy_image;
  functions->vaGetImage = get_image;
  functions->vaPutImage = put_image;
}
