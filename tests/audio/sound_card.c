/* A sound card as ALSA sees one, without hardware: it knows one rate, one number of channels and one
   width, and gives a tone of 440 Hz on its first channel and of 880 Hz on the others, in real time.
   In asound.conf: pcm.NAME { type made rate 48000 channels 2 bits 16 hint { show on description NAME } } */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <math.h>
#include <sys/timerfd.h>
#include <time.h>

typedef struct {
    snd_pcm_ioplug_t io;
    int timer;
    struct timespec began;
    unsigned long frames;
} card_t;

static double since(const card_t *card) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - card->began.tv_sec) + (now.tv_nsec - card->began.tv_nsec) / 1e9;
}

static void tick(const card_t *card, long ns) {
    struct itimerspec every = {{0, ns}, {0, ns}};
    timerfd_settime(card->timer, 0, &every, 0);
}

static int start(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    clock_gettime(CLOCK_MONOTONIC, &card->began);
    tick(card, 10000000);
    return 0;
}

static int stop(snd_pcm_ioplug_t *io) {
    tick(io->private_data, 0);
    return 0;
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io) {
    return (snd_pcm_uframes_t)(since(io->private_data) * io->rate) % io->buffer_size;
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                  snd_pcm_uframes_t offset, snd_pcm_uframes_t size) {
    card_t *card = io->private_data;
    int bytes = snd_pcm_format_physical_width(io->format) / 8;
    for (unsigned n = 0; n < size; n++, card->frames++)
        for (unsigned c = 0; c < io->channels; c++) {
            double tone = 0.5 * sin(2 * M_PI * (c ? 880 : 440) * card->frames / io->rate);
            int value = (int)(tone * 2147483647.0);
            unsigned char *to = (unsigned char *)areas[c].addr +
                                (areas[c].first + (offset + n) * areas[c].step) / 8;
            memcpy(to, (unsigned char *)&value + 4 - bytes, bytes);
        }
    return size;
}

static int revents(snd_pcm_ioplug_t *io, struct pollfd *polled, unsigned count, unsigned short *out) {
    unsigned long long ticks;
    (void)count;
    (void)!read(((card_t *)io->private_data)->timer, &ticks, sizeof ticks);
    *out = polled[0].revents & POLLIN;
    return 0;
}

static int closed(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    close(card->timer);
    free(card);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = start, .stop = stop, .pointer = pointer,
    .transfer = transfer, .poll_revents = revents, .close = closed,
};

static long setting(snd_config_t *conf, const char *key, long value) {
    snd_config_t *found;
    if (snd_config_search(conf, key, &found) == 0) snd_config_get_integer(found, &value);
    return value;
}

SND_PCM_PLUGIN_DEFINE_FUNC(made) {
    (void)root;
    if (stream != SND_PCM_STREAM_CAPTURE) return -EINVAL;
    unsigned rate = setting(conf, "rate", 48000), channels = setting(conf, "channels", 2);
    unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED};
    unsigned format[] = {setting(conf, "bits", 16) == 24 ? SND_PCM_FORMAT_S24_3LE : SND_PCM_FORMAT_S16_LE};
    card_t *card = calloc(1, sizeof *card);
    card->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    card->io = (snd_pcm_ioplug_t){
        .version = SND_PCM_IOPLUG_VERSION, .name = "made", .callback = &callbacks,
        .private_data = card, .poll_fd = card->timer, .poll_events = POLLIN};
    int failed = snd_pcm_ioplug_create(&card->io, name, stream, mode);
    if (failed < 0) return failed;
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_ACCESS, 1, access);
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_CHANNELS, channels, channels);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_RATE, rate, rate);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 4096, 1 << 20);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 256, 1 << 18);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
    *pcmp = card->io.pcm;
    return 0;
}
SND_PCM_PLUGIN_SYMBOL(made);
