package org.rackweave.sim.lab.bench;

import java.util.List;
import org.rackweave.sim.lab.LabFailure;

/** Something that grants, as a process of its own, with its clients connected. */
interface Granter extends AutoCloseable {
    /** Its name and version. */
    String name();

    List<? extends GrantClient> clients();

    /** Returns when all that was given back can be granted again. */
    void settle() throws LabFailure;

    long pid();

    @Override
    void close();
}
