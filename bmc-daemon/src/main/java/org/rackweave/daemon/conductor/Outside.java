package org.rackweave.daemon.conductor;

import java.util.function.Consumer;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Keyring;

/**
 * What the conductor acts on: hardware, the network, whoever watches. The daemon's shells behind it are real, those of a
 * simulated rack are not. No call blocks.
 */
public interface Outside {
    /** Gives an order to the hardware; its result comes back as work. */
    void drive(Effect.Drive order);

    /**
     * Asks a node, at an endpoint where it must prove to be that node.
     *
     * @param answered takes the one answer, on any thread; a node that cannot be reached is a refusal
     */
    void ask(NodeId node, Endpoint endpoint, Command command, long timeoutMillis, Consumer<Answer> answered);

    /** Sends a datagram to all neighbours. */
    void multicast(MembershipEffect datagram);

    /** Believes nothing more of this member, and ends every session with it: it was revoked. */
    void shutOut(NodeId member);

    /** Seals with these group keys, and believes under them, from now on. */
    void use(Keyring keyring);

    /** Something that this command reads has changed. */
    void changed(Command reading);
}
