//! What can be read of a cluster beside itself.

use akua_model::answer;
use akua_model::{Cluster, ClusterId, Secret, request};

use crate::collection::{Collection, span};
use crate::error::Error;

impl Collection<Cluster> {
    /// Reads the kubeconfig of a cluster, which makes whoever has it its administrator. It is never shown, and wiped from memory
    /// with what holds it.
    ///
    /// That it was handed out is written into the audit log of the workspace: it is asked for once, and never again by itself
    /// unless the server has refused the token (401) and the client's callback has another one.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(200, r#"{"kubeconfig":"apiVersion: v1"}"#);
    /// # let client = akua_http::Client::builder().token("t").transport(wire).build()?;
    /// let kubeconfig = client.clusters().kubeconfig(&"clu_1".parse()?)?;
    /// assert_eq!(format!("{kubeconfig:?}"), "Secret(hidden)");
    /// # let file = std::env::temp_dir().join(format!("akua-kubeconfig-{}", std::process::id()));
    /// std::fs::write(&file, kubeconfig.expose())?;
    /// # std::fs::remove_file(&file)?;
    /// # Ok::<(), akua_http::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get), but that nothing is repeated: after a lost answer it may have been handed out.
    pub fn kubeconfig(&self, id: &ClusterId) -> Result<Secret, Error> {
        let request = request::kubeconfig(id, self.effective_context());
        let span = span(&request);
        let _entered = span.enter();
        self.exchange(&request)
            .write(|response| answer::of_kubeconfig(response).into())
    }
}
