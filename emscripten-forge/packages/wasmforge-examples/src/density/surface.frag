#version 300 es
// Colours the surface by height, lights it from one side and draws a contour line at each tenth.
precision highp float;

in float height;
in vec3 normal;
out vec4 color;

vec3 ramp(float x) {
  vec3 low = mix(vec3(0.20, 0.24, 0.48), vec3(0.10, 0.52, 0.66), smoothstep(0.0, 0.25, x));
  vec3 high = mix(vec3(0.96, 0.62, 0.22), vec3(1.0, 0.93, 0.62), smoothstep(0.6, 1.0, x));
  return mix(low, high, smoothstep(0.15, 0.65, x));
}

void main() {
  // The square root makes low densities visible next to high ones.
  float shown = sqrt(clamp(height, 0.0, 1.0));
  vec3 n = normalize(normal);
  float sun = max(dot(n, normalize(vec3(-0.5, 0.35, 0.75))), 0.0);
  float sky = 0.5 + 0.5 * n.z;
  float tenths = height * 10.0;
  float line = 1.0 - smoothstep(0.0, 1.5 * fwidth(tenths) + 1e-5, abs(fract(tenths + 0.5) - 0.5));
  vec3 lit = ramp(shown) * (0.55 * sky + 0.65 * sun);
  color = vec4(mix(lit, lit * 0.55, line * step(0.02, height)), 1.0);
}
