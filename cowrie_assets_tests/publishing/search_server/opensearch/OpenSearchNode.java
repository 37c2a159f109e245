import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One OpenSearch node with HTTP, of the artefacts that its distribution is made of. Its arguments are settings, {@code name=value}. It says
 * {@code listening on PORT} and ends when its standard input does, so it outlives nobody who started it.
 */
public final class OpenSearchNode extends Node {
    @SuppressWarnings("unchecked")
    private OpenSearchNode(Environment environment) throws ClassNotFoundException {
        super(environment, (Collection) http(), true);
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        for (String argument : arguments) {
            String[] setting = argument.split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), null, () -> "tests");
        try (Node node = new OpenSearchNode(environment)) {
            node.start();
            int port = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
            System.out.println("listening on " + port);
            while (System.in.read() >= 0) {}
        }
    }

    /** The module that serves HTTP, as releases before and since 3.0 want it named. */
    private static List<?> http() throws ClassNotFoundException {
        if (Version.CURRENT.before(Version.fromString("3.0.0"))) {
            return List.of(Class.forName("org.opensearch.transport.Netty4Plugin"));
        }
        String module = "org.opensearch.transport.Netty4ModulePlugin";
        return List.of(new PluginInfo("http", "HTTP", "1", Version.CURRENT, "11", module, null, List.of(), false));
    }
}
