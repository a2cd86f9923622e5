package org.rackweave.sim.withstand;

/**
 * A program that ran to its end.
 *
 * @param exitCode what it ended with
 * @param output what it wrote to standard output
 * @param errors what it wrote to standard error
 */
record Ended(int exitCode, String output, String errors) {}
