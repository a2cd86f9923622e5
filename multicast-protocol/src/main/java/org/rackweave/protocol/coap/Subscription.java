package org.rackweave.protocol.coap;

/** Changes of an answer are being told. */
public interface Subscription extends AutoCloseable {
    /** Ends it: nothing is told any more once this returns, but for what is being told at this moment. */
    @Override
    void close();
}
