// Each pack's glue exports the same names: LIBRARY tells them apart, and what it exports besides is said by the file
// that includes this.
#define NAME_OF(library, name) library##_##name
#define NAME(library, name) NAME_OF(library, name)
#define encoder_open NAME(LIBRARY, encoder_open)
#define encoder_encode NAME(LIBRARY, encoder_encode)
#define encoder_receive NAME(LIBRARY, encoder_receive)
#define encoder_drain NAME(LIBRARY, encoder_drain)
#define encoder_close NAME(LIBRARY, encoder_close)

#include "video-encoders.h"

#define VIDEO_ENCODER_LIBRARY(name) \
  {name, encoder_open, encoder_encode, encoder_receive, encoder_drain, encoder_close}
