// Four threads share a sum.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, EACH = 250000 };

struct part {
    long first, sum;
};

static void *add(void *arg)
{
    struct part *p = arg;

    for (long i = 0; i < EACH; i++)
        p->sum += p->first + i;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct part parts[THREADS];
    long sum = 0;

    for (int i = 0; i < THREADS; i++) {
        parts[i] = (struct part){.first = 1 + (long)i * EACH};
        if (pthread_create(&threads[i], NULL, add, &parts[i]) != 0)
            return EXIT_FAILURE;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += parts[i].sum;
    }
    printf("%ld\n", sum);
    return 0;
}
