package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A daemon that some run of the lab started, as it is written down: {@code NAME PID}. A process id may meanwhile belong to
 * somebody else, so that one is believed only while its command line names the configuration that it was started with.
 *
 * @param name the node
 * @param pid its process
 */
record RunningProcess(String name, long pid) {
    static void write(RackLayout layout, List<RunningProcess> processes) throws IOException {
        StringBuilder text = new StringBuilder();
        processes.forEach(process ->
                text.append(process.name()).append(' ').append(process.pid()).append('\n'));
        Files.writeString(layout.processes(), text, StandardCharsets.UTF_8);
    }

    static List<RunningProcess> read(RackLayout layout) throws IOException, LabFailure {
        if (!Files.exists(layout.processes())) {
            throw new LabFailure(layout.root() + " has no record of started daemons; is it a rehearsal rack?");
        }
        List<RunningProcess> processes = new ArrayList<>();
        for (String line : Files.readAllLines(layout.processes(), StandardCharsets.UTF_8)) {
            if (!line.matches("\\S+ [0-9]{1,18}")) {
                throw new LabFailure(layout.processes() + " has a line that is no process: " + line);
            }
            String[] words = line.split(" ", -1);
            RunningProcess started = new RunningProcess(words[0], Long.parseLong(words[1]));
            processes.add(started.orSuccessor(layout));
        }
        return processes;
    }

    /** The daemon that somebody started anew by hand, after the one of this record was gone. */
    private RunningProcess orSuccessor(RackLayout layout) throws IOException {
        Path pidFile = layout.state(name).resolve("pid");
        if (handle(layout).isPresent() || !Files.exists(pidFile)) {
            return this;
        }
        String text = Files.readString(pidFile, StandardCharsets.UTF_8).strip();
        return text.matches("[0-9]{1,18}") ? new RunningProcess(name, Long.parseLong(text)) : this;
    }

    /** The process, if it still is the one that was started. */
    Optional<ProcessHandle> handle(RackLayout layout) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(found -> isOurs(layout));
    }

    private boolean isOurs(RackLayout layout) {
        try {
            String commandLine = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
            return List.of(commandLine.split("\0", -1))
                    .contains(layout.configuration(name).toString());
        } catch (IOException gone) {
            return false;
        }
    }
}
