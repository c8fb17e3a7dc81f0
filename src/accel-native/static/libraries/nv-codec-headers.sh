# The headers of NVIDIA's libraries, with the loader that finds them at run time.
# Run in an empty folder with SOURCE and PREFIX set.
set -euo pipefail

cp -r "$SOURCE/." .
make install PREFIX="$PREFIX"
