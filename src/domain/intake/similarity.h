/*
 * How alike two texts are (contract of document 000, section 11.5). Case counts: fold both first. Any thread.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_SIMILARITY_H
#define MEDLEY_DOMAIN_INTAKE_SIMILARITY_H

/* Longer texts are compared by their beginning: the work grows with the product of the lengths. */
#define SIMILARITY_MAX_CHARACTERS 400

/* 0..100, whatever the order of the words: sorted, joined, and compared by their longest common subsequence. */
double token_sort_ratio(const char *a, const char *b);
/* 0..1 by matching blocks (Ratcliff and Obershelp). */
double block_ratio(const char *a, const char *b);

#endif
