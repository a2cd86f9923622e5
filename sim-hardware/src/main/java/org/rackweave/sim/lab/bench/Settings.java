package org.rackweave.sim.lab.bench;

import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.sim.lab.Distribution;

/**
 * With what a benchmark runs.
 *
 * @param distribution the programs that it starts, if it starts any
 * @param effort how much time it may take
 * @param traces the directory in which the traces lie
 * @param plots the directory for its plots, if any are wanted
 */
record Settings(Distribution distribution, Benchmark.Effort effort, Path traces, Optional<Path> plots) {}
