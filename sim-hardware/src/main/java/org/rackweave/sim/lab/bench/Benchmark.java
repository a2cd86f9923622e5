package org.rackweave.sim.lab.bench;

import java.util.List;
import org.rackweave.sim.lab.LabFailure;

/** Something that can be measured by name. */
interface Benchmark {
    String name();

    /** What it measures, in one line. */
    String sentence();

    List<Figure> run(Settings settings) throws LabFailure;

    /** How much time a run may take. */
    enum Effort {
        /** A minute or less, for a first impression. */
        QUICK,
        /** Enough repetitions for a document. */
        FULL
    }
}
