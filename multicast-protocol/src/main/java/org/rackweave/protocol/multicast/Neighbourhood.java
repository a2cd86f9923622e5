package org.rackweave.protocol.multicast;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.CounterView;

/**
 * The multicast side of one daemon: seals and sends what it says, and hands on what its neighbours say once it is
 * verified.
 *
 * <p>What to say and when is the membership's affair; this does as told. All methods may be called by any thread.
 */
public interface Neighbourhood extends AutoCloseable {
    /**
     * Opens the sockets and begins to listen. Says nothing by itself.
     *
     * @param identity who this node is and whom it trusts
     * @param bootKey signs; its delegation is renewed here as long as this lives
     * @param keys seal
     * @param coapPort what neighbours are told to call
     * @param settings where
     * @param clock only goes forward, counts while the machine sleeps
     * @param wall for certificates and delegations
     * @param consumer gets what is heard, by the one receiving thread: it must not wait
     * @throws NoMulticastException when no configured interface can multicast
     */
    static Neighbourhood open(
            Identity identity,
            BootKey bootKey,
            Keyring keys,
            int coapPort,
            MulticastSettings settings,
            MonotonicMillis clock,
            InstantSource wall,
            Consumer<NeighbourMessage> consumer)
            throws NoMulticastException {
        return new SealedNeighbourhood(identity, bootKey, keys, coapPort, settings, clock, wall, consumer);
    }

    /** Shows the certificate and the boot key, under the key that the seal names. */
    void hello(Hello.Purpose purpose, Hello.Seal seal);

    /** Seals with these keys, and believes under them, from now on. */
    void use(Keyring keys);

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
