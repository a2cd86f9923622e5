package org.rackweave.sim.lab.bench;

import java.io.IOException;

/** The least that a JVM can do and still be there: the peer that the daemon's start and memory are measured beside. */
public final class BareJvm {
    static final String READY = "ready";

    private BareJvm() {}

    /** Says that it is there, and stays until its standard input ends. */
    public static void main(String[] arguments) throws IOException {
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // What is written to it does not matter.
        }
    }
}
