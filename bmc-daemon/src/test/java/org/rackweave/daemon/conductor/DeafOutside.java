package org.rackweave.daemon.conductor;

import java.util.function.Consumer;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Keyring;

/** Nobody is outside: nothing that is said or ordered there is heard. */
class DeafOutside implements Outside {
    @Override
    public void drive(Effect.Drive order) {}

    @Override
    public void ask(NodeId node, Endpoint endpoint, Command command, long timeoutMillis, Consumer<Answer> answered) {}

    @Override
    public void multicast(MembershipEffect datagram) {}

    @Override
    public void shutOut(NodeId member) {}

    @Override
    public void use(Keyring keyring) {}

    @Override
    public void changed(Command reading) {}
}
