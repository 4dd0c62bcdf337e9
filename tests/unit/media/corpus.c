/* Generates the media files that the tests need. */
#include "corpus.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

#define PATTERN "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2"
#define SINE    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=2"
#define H264    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"
#define AAC     "-c:a", "aac"
#define MAPS5   "-map", "1", "-map", "1", "-map", "1", "-map", "1", "-map", "1"

/* What ffmpeg is told between "-y" and the file's name. "@name" is another file of the corpus. */
static const struct recipe {
    const char *name;
    const char *arguments[96];
} recipes[] = {
    {"plain.mp4",
     {PATTERN, SINE, H264, AAC, "-metadata", "title=Plain", "-metadata", "artist=Nobody",
      "-metadata:s:a:0", "language=deu"}                                                          },
    {"high.mp4",
     {"-f", "lavfi", "-i", "testsrc2=size=426x240:rate=24000/1001:duration=2", SINE, "-c:v",
      "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-x264-params",
      "colorprim=bt709:transfer=bt709:colormatrix=bt709:sar=4/3:cqm=jvt", AAC, "-ac", "2", "-b:a",
      "96k"}                                                                                      },
    {"high.mkv",
     {PATTERN, "-f", "lavfi", "-i",
      "anoisesrc=duration=2,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0", "-c:v", "libx264",
      "-preset", "fast", "-pix_fmt", "yuv422p10le", AAC}                                          },
    {"full.mp4",
     {PATTERN, SINE, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuvj420p", AAC, "-ar",
      "22050"}                                                                                    },
    {"interlaced.mp4",
     {PATTERN, SINE, "-vf", "tinterlace=interleave_top", "-c:v", "libx264", "-flags", "+ilme+ildct",
      "-pix_fmt", "yuv420p", "-r", "25", AAC}                                                     },
    {"fragments.mp4",  {PATTERN, SINE, H264, AAC, "-movflags", "+frag_keyframe+empty_moov"}       },
    {"rotated.mp4",    {"-i", "@plain.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=90"}         },
    {"cover.mp3",
     {SINE, "-f", "lavfi", "-i", "color=blue:size=100x100:rate=25:duration=0.04", "-map", "0",
      "-map", "1", "-c:a", "libmp3lame", "-c:v", "mjpeg", "-disposition:v", "attached_pic",
      "-id3v2_version", "3"}                                                                      },
    {"faststart.mp4",  {PATTERN, SINE, H264, AAC, "-movflags", "+faststart"}                      },
    {"plain.mkv",
     {PATTERN, SINE, H264, "-c:a", "flac", "-metadata:s:a:0", "title=Commentary",
      "-disposition:a:0", "forced+comment"}                                                       },
    {"plain.webm",     {PATTERN, SINE, "-c:v", "libvpx", "-b:v", "200k", "-c:a", "libopus"}       },
    {"plain.avi",      {PATTERN, SINE, "-c:v", "mpeg4", "-c:a", "libmp3lame"}                     },
    {"plain.ts",       {PATTERN, SINE, H264, AAC}                                                 },
    {"plain.mpg",      {PATTERN, SINE, "-c:v", "mpeg2video", "-c:a", "mp2"}                       },
    {"audio.mp4",      {SINE, AAC}                                                                },
    {"audio.mp3",      {SINE, "-c:a", "libmp3lame", "-metadata", "album=Tones"}                   },
    {"streams30.mkv",
     {PATTERN, SINE,  H264,   AAC, "-b:a", "32k", "-map", "0", MAPS5,  MAPS5, MAPS5,
      MAPS5,   MAPS5, "-map", "1", "-map", "1",   "-map", "1", "-map", "1"}                       },
    {"hdr.mkv",
     {PATTERN, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params",
      "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", "-frames:v", "5"}},
    {"red.mp4",        {"-f", "lavfi", "-i", "color=red:size=640x360:rate=25:duration=2", H264}   },
    {"picture.png",    {PATTERN, "-frames:v", "1"}                                                },
    {"picture.jpg",    {PATTERN, "-frames:v", "1"}                                                },
    {"picture.webp",   {PATTERN, "-frames:v", "1"}                                                },
    {"clear.png",
     {"-f", "lavfi", "-i", "color=white@0.0:size=64x64,format=rgba", "-frames:v", "1"}            },
};

static char folder[64];
static char paths[64][128];
static size_t path_count;

char *corpus_read(const char *path, size_t *ret_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    assert_true(fd >= 0 && fstat(fd, &status) == 0);
    char *data = malloc((size_t)status.st_size + 1);
    assert_int_equal(read(fd, data, (size_t)status.st_size), status.st_size);
    data[status.st_size] = 0;
    close(fd);
    *ret_len = (size_t)status.st_size;
    return data;
}

static void run_to(const char *const argv[], const char *output)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid;
    int failure = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure)
        fail_msg("%s cannot be run", argv[0]);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status)
        fail_msg("%s failed on %s", argv[0], output);
}

char *corpus_run(const char *const argv[], size_t *ret_len)
{
    char output[128];
    snprintf(output, sizeof(output), "%s/output", folder);
    run_to(argv, output);
    return corpus_read(output, ret_len);
}

static char *new_path(const char *name)
{
    assert_true(path_count < sizeof(paths) / sizeof(*paths));
    char *path = paths[path_count++];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static const char *make(const struct recipe *recipe)
{
    const char *argv[112] = {"ffmpeg", "-v", "error", "-nostdin", "-y"};
    size_t count = 5;
    for (size_t i = 0; recipe->arguments[i]; i++)
        argv[count++] = *recipe->arguments[i] == '@' ? corpus_file(recipe->arguments[i] + 1)
                                                     : recipe->arguments[i];
    argv[count] = new_path(recipe->name);
    run_to(argv, "/dev/null");
    return argv[count];
}

const char *corpus_file(const char *name)
{
    for (size_t i = 0; i < path_count; i++)
        if (strcmp(strrchr(paths[i], '/') + 1, name) == 0)
            return paths[i];
    for (size_t i = 0; i < sizeof(recipes) / sizeof(*recipes); i++)
        if (strcmp(recipes[i].name, name) == 0)
            return make(&recipes[i]);
    fail_msg("no recipe for %s", name);
    return NULL;
}

int corpus_open(const char *name)
{
    int fd = open(corpus_file(name), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

const char *corpus_write(const char *name, const void *data, size_t len)
{
    const char *path = new_path(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    close(fd);
    return path;
}

int corpus_start(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/medley-media-XXXXXX", base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

int corpus_end(void **state)
{
    (void)state;
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory && (entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory)
        closedir(directory);
    return rmdir(folder);
}
