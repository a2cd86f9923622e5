package org.rackweave.sim.lab.bench;

import java.util.function.Consumer;

/** One of many clients of something that grants. It has one request under way at a time, and answers on any thread. */
interface GrantClient {
    /**
     * Asks for what stands at a place, which is this client's own and free, and tells when the grant is durable.
     *
     * @param problem takes an empty text, or what went wrong
     */
    void grant(int place, Consumer<String> problem);

    /** Gives back what was granted at a place. */
    void giveBack(int place, Consumer<String> problem);
}
