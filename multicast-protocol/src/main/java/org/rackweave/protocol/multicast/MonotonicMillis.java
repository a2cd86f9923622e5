package org.rackweave.protocol.multicast;

/** A clock that only goes forward, and counts while the machine sleeps. Its zero means nothing. */
@FunctionalInterface
public interface MonotonicMillis {
    /** Milliseconds since some fixed moment. */
    long millis();
}
