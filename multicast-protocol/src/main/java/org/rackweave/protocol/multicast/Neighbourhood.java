package org.rackweave.protocol.multicast;

import java.util.List;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.CounterView;

/**
 * The multicast side of one daemon: seals and sends what it says, and hands on what its neighbours say once it is verified.
 *
 * <p>What to say and when is the membership's affair; this does as told. All methods may be called by any thread.
 */
public interface Neighbourhood extends AutoCloseable {
    /** Shows the certificate and the boot key. */
    void hello(Hello.Purpose purpose);

    /** Says what this node has. */
    void announce(long version, long periodMillis, Offering offering);

    /** Says goodbye, with the word of {@link Leave}. */
    void leave(String reason);

    /** Believes nothing more of this node, for good: its certificate was revoked. */
    void ban(NodeId node);

    /** The names of the interfaces that are in use now. */
    List<String> interfaces();

    /** All counters with their sentences. */
    List<CounterView> counters();

    /** Stops reading and closes the sockets; says nothing. */
    @Override
    void close();
}
