#!/bin/sh
# image-files.sh APP BUILT TARGET: in a folder with the production dependencies of apps/APP, puts into TARGET what its image has: the app and
# those of our libraries that it needs, built under BUILT, with these dependencies. What its tests need is linked among them too, and left out.
set -eu
app=$1 built=$2 target=$3
here=$(pwd)
mkdir -p "$target"
cp -a --parents package.json node_modules "$target"
for project in "apps/$app" $(find node_modules/@grayscale -type l -printf '%l\n' | sed -n 's#^../../libs/#libs/#p'); do
  cd "$here"
  if [ -d "$project/node_modules" ]; then cp -a --parents "$project/node_modules" "$target"; fi
  cd "$built"
  find "$project" -name node_modules -prune -o -type f \( -path '*/dist/*' -o -path '*/bin/*' -o -name package.json \) \
    ! -name '*.d.ts' ! -name '*.map' ! -name '*.tsbuildinfo' -exec cp --parents {} "$target" \;
done
find "$target" -xtype l -delete
