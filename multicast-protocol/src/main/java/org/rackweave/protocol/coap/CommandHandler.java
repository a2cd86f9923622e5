package org.rackweave.protocol.coap;

import java.util.function.Consumer;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;

/** Whoever carries commands out. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Takes a command. Must not block: it is called on the thread that serves every peer. A full queue is an answer.
     *
     * @param peer who asks, as its certificate proves; what it may do is the handler's to judge
     * @param command what it asks
     * @param reply takes the one answer, now or later, from any thread; further ones are dropped and counted
     */
    void handle(Principal peer, Command command, Consumer<Answer> reply);
}
