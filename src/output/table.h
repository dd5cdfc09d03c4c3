/*
 * Tables for people. The first rows decide how wide the columns are; after that rows are printed in small batches with the
 * same widths, so that a million rows need no more memory than the first hundred. Columns that tell objects apart are
 * never cut; on a narrow terminal the others are.
 */
#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H

enum {
	TABLE_SAMPLE = 100,            /* rows looked at for the layout */
	TABLE_BATCH = 20,              /* rows printed at a time afterwards */
	TABLE_BATCH_BYTES = 256 * 1024, /* or fewer, when they are large */
	TABLE_CELL_MAX = 16 * 1024,    /* longer cells are for other formats; they are cut and say so */
};

#endif
