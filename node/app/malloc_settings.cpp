// Read by jemalloc before main(): few arenas and pages given back after a second, so that an idle node stays small.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
