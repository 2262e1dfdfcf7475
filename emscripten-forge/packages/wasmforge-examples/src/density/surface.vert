#version 300 es
// Places one vertex for each height. The vertex number gives the position in the grid.
precision highp float;
precision highp sampler2D;

uniform sampler2D heights;
uniform mat4 view;
out float height;
out vec3 normal;

const float RELIEF = 0.38; // how high a height of 1 is drawn, relative to a side of the surface

void main() {
  int size = textureSize(heights, 0).x;
  ivec2 cell = ivec2(gl_VertexID % size, gl_VertexID / size);
  height = texelFetch(heights, cell, 0).r;
  int last = size - 1;
  float east = texelFetch(heights, ivec2(min(cell.x + 1, last), cell.y), 0).r;
  float west = texelFetch(heights, ivec2(max(cell.x - 1, 0), cell.y), 0).r;
  float north = texelFetch(heights, ivec2(cell.x, min(cell.y + 1, last)), 0).r;
  float south = texelFetch(heights, ivec2(cell.x, max(cell.y - 1, 0)), 0).r;
  normal = vec3((west - east) * RELIEF, (south - north) * RELIEF, 2.0 / float(size));
  vec2 place = vec2(cell) / float(last) - 0.5;
  gl_Position = view * vec4(place, height * RELIEF - 0.08, 1.0);
}
