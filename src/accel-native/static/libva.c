// Stands in for libva where everything else is linked statically: each function that libavutil and libavcodec call is
// forwarded to the system's library, which is looked for when a display is first asked for. Where there is none, there
// is no display, and nobody gets further. A function that an older library lacks is unimplemented, as its drivers say.
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include <va/va.h>
#include <va/va_drm.h>
#include <va/va_str.h>

// Of most functions; X(name, parameters, arguments).
#define STATUS_FUNCTIONS(X) \
  X(vaInitialize, (VADisplay display, int *major, int *minor), (display, major, minor)) \
  X(vaTerminate, (VADisplay display), (display)) \
  X(vaSetDriverName, (VADisplay display, char *name), (display, name)) \
  X(vaQueryConfigProfiles, (VADisplay display, VAProfile *profiles, int *count), (display, profiles, count)) \
  X(vaQueryConfigEntrypoints, (VADisplay display, VAProfile profile, VAEntrypoint *entrypoints, int *count), \
    (display, profile, entrypoints, count)) \
  X(vaGetConfigAttributes, \
    (VADisplay display, VAProfile profile, VAEntrypoint entrypoint, VAConfigAttrib *attributes, int count), \
    (display, profile, entrypoint, attributes, count)) \
  X(vaCreateConfig, \
    (VADisplay display, VAProfile profile, VAEntrypoint entrypoint, VAConfigAttrib *attributes, int count, \
     VAConfigID *config), \
    (display, profile, entrypoint, attributes, count, config)) \
  X(vaDestroyConfig, (VADisplay display, VAConfigID config), (display, config)) \
  X(vaGetDisplayAttributes, (VADisplay display, VADisplayAttribute *attributes, int count), \
    (display, attributes, count)) \
  X(vaQuerySurfaceAttributes, \
    (VADisplay display, VAConfigID config, VASurfaceAttrib *attributes, unsigned int *count), \
    (display, config, attributes, count)) \
  X(vaCreateSurfaces, \
    (VADisplay display, unsigned int format, unsigned int width, unsigned int height, VASurfaceID *surfaces, \
     unsigned int surface_count, VASurfaceAttrib *attributes, unsigned int attribute_count), \
    (display, format, width, height, surfaces, surface_count, attributes, attribute_count)) \
  X(vaDestroySurfaces, (VADisplay display, VASurfaceID *surfaces, int count), (display, surfaces, count)) \
  X(vaSyncSurface, (VADisplay display, VASurfaceID surface), (display, surface)) \
  X(vaExportSurfaceHandle, \
    (VADisplay display, VASurfaceID surface, uint32_t type, uint32_t flags, void *descriptor), \
    (display, surface, type, flags, descriptor)) \
  X(vaCreateContext, \
    (VADisplay display, VAConfigID config, int width, int height, int flag, VASurfaceID *surfaces, int count, \
     VAContextID *context), \
    (display, config, width, height, flag, surfaces, count, context)) \
  X(vaDestroyContext, (VADisplay display, VAContextID context), (display, context)) \
  X(vaCreateBuffer, \
    (VADisplay display, VAContextID context, VABufferType type, unsigned int size, unsigned int count, void *data, \
     VABufferID *buffer), \
    (display, context, type, size, count, data, buffer)) \
  X(vaDestroyBuffer, (VADisplay display, VABufferID buffer), (display, buffer)) \
  X(vaMapBuffer, (VADisplay display, VABufferID buffer, void **data), (display, buffer, data)) \
  X(vaUnmapBuffer, (VADisplay display, VABufferID buffer), (display, buffer)) \
  X(vaSyncBuffer, (VADisplay display, VABufferID buffer, uint64_t timeout), (display, buffer, timeout)) \
  X(vaAcquireBufferHandle, (VADisplay display, VABufferID buffer, VABufferInfo *info), (display, buffer, info)) \
  X(vaReleaseBufferHandle, (VADisplay display, VABufferID buffer), (display, buffer)) \
  X(vaBeginPicture, (VADisplay display, VAContextID context, VASurfaceID surface), (display, context, surface)) \
  X(vaRenderPicture, (VADisplay display, VAContextID context, VABufferID *buffers, int count), \
    (display, context, buffers, count)) \
  X(vaEndPicture, (VADisplay display, VAContextID context), (display, context)) \
  X(vaQueryImageFormats, (VADisplay display, VAImageFormat *formats, int *count), (display, formats, count)) \
  X(vaCreateImage, (VADisplay display, VAImageFormat *format, int width, int height, VAImage *image), \
    (display, format, width, height, image)) \
  X(vaDeriveImage, (VADisplay display, VASurfaceID surface, VAImage *image), (display, surface, image)) \
  X(vaDestroyImage, (VADisplay display, VAImageID image), (display, image)) \
  X(vaGetImage, \
    (VADisplay display, VASurfaceID surface, int x, int y, unsigned int width, unsigned int height, \
     VAImageID image), \
    (display, surface, x, y, width, height, image)) \
  X(vaPutImage, \
    (VADisplay display, VASurfaceID surface, VAImageID image, int source_x, int source_y, unsigned int source_width, \
     unsigned int source_height, int x, int y, unsigned int width, unsigned int height), \
    (display, surface, image, source_x, source_y, source_width, source_height, x, y, width, height))

// X(result, what it is without a library, name, parameters, arguments)
#define OTHER_FUNCTIONS(X) \
  X(int, 0, vaDisplayIsValid, (VADisplay display), (display)) \
  X(int, 0, vaMaxNumProfiles, (VADisplay display), (display)) \
  X(int, 0, vaMaxNumEntrypoints, (VADisplay display), (display)) \
  X(int, 0, vaMaxNumImageFormats, (VADisplay display), (display)) \
  X(const char *, NULL, vaQueryVendorString, (VADisplay display), (display)) \
  X(const char *, "no libva", vaErrorStr, (VAStatus status), (status)) \
  X(const char *, "unknown", vaProfileStr, (VAProfile profile), (profile)) \
  X(const char *, "unknown", vaEntrypointStr, (VAEntrypoint entrypoint), (entrypoint)) \
  X(VAMessageCallback, NULL, vaSetErrorCallback, (VADisplay display, VAMessageCallback callback, void *context), \
    (display, callback, context)) \
  X(VAMessageCallback, NULL, vaSetInfoCallback, (VADisplay display, VAMessageCallback callback, void *context), \
    (display, callback, context))

#define DECLARE(name) static __typeof__(name) *system_##name;
#define DECLARE_STATUS(name, parameters, arguments) DECLARE(name)
#define DECLARE_OTHER(result, without, name, parameters, arguments) DECLARE(name)
STATUS_FUNCTIONS(DECLARE_STATUS)
OTHER_FUNCTIONS(DECLARE_OTHER)
DECLARE(vaGetDisplayDRM)
DECLARE(vaMapBuffer2)

#define FIND(library, name) system_##name = (__typeof__(name) *)dlsym(library, #name);
#define FIND_STATUS(name, parameters, arguments) FIND(library, name)
#define FIND_OTHER(result, without, name, parameters, arguments) FIND(library, name)

// Both stay open: displays outlive whoever asked for one, and drivers do not like to be unloaded.
static void find_functions(void) {
  void *library = dlopen("libva.so.2", RTLD_NOW | RTLD_LOCAL);
  void *drm = library ? dlopen("libva-drm.so.2", RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!drm) return;
  STATUS_FUNCTIONS(FIND_STATUS)
  OTHER_FUNCTIONS(FIND_OTHER)
  FIND(library, vaMapBuffer2)
  FIND(drm, vaGetDisplayDRM)
}

VADisplay vaGetDisplayDRM(int file) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, find_functions);
  return system_vaGetDisplayDRM ? system_vaGetDisplayDRM(file) : NULL;
}

#define FORWARD(result, without, name, parameters, arguments) \
  result name parameters { return system_##name ? system_##name arguments : without; }
#define FORWARD_STATUS(name, parameters, arguments) \
  FORWARD(VAStatus, VA_STATUS_ERROR_UNIMPLEMENTED, name, parameters, arguments)
STATUS_FUNCTIONS(FORWARD_STATUS)
OTHER_FUNCTIONS(FORWARD)

// Of VA-API 1.21; libavutil relies on it to stand in for the older function. The flags are but hints.
VAStatus vaMapBuffer2(VADisplay display, VABufferID buffer, void **data, uint32_t flags) {
  return system_vaMapBuffer2 ? system_vaMapBuffer2(display, buffer, data, flags) : vaMapBuffer(display, buffer, data);
}
