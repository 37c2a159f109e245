import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node with HTTP, of the artefacts that its distribution is made of and the module of {@code HttpModule.java}, which lies in the folder
 * of modules. Its arguments are settings, {@code name=value}. It says {@code listening on PORT} and ends when its standard input does, so it outlives
 * nobody who started it.
 */
public final class ElasticsearchNode {
    public static void main(String[] arguments) throws Exception {
        LogConfigurator.configureESLogging();
        Settings.Builder settings = Settings.builder();
        for (String argument : arguments) {
            String[] setting = argument.split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), null, () -> "tests");
        var modules = PluginsLoader.loadModulesBundles(environment.modulesDir());
        try (Node node = new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false))) {
            node.start();
            int port = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
            System.out.println("listening on " + port);
            while (System.in.read() >= 0) {}
        }
    }
}
